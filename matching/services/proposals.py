"""The life of a proposal: put, answered, expired, closed.

Whoever answers or parts holds both users' rows, locked in the order of their ids; closing one person's
proposals holds theirs. So no two of these decide differently about the same match.

The other side learns only how it ended: a single acceptance stays hidden, and declined looks like closed. To each
of the two their own side is a: which they are in the row follows the ids, and those the age of the accounts.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from config import tracing
from config.errors import NotYours, WrongState
from connect.realtime import publish
from matching.enums import UNDECIDED, MatchStatus, Side
from matching.models import Match
from matching.services import announcements, entries
from matching.signals import match_closed, matches_accepted, matches_closing
from safety.roles import as_service
from safety.services.blocks import lock_pair

EXPIRY_BATCH = 500
ACCEPTED_BY = {Side.A: MatchStatus.ACCEPTED_A, Side.B: MatchStatus.ACCEPTED_B}
HIDDEN = {MatchStatus.DECLINED: MatchStatus.CLOSED}
REFUSALS = {
    MatchStatus.EXPIRED: ("match_expired", "This proposal has expired."),
    MatchStatus.DECLINED: ("match_closed", "This proposal is closed."),
    MatchStatus.CLOSED: ("match_closed", "This proposal is closed."),
}


class Action(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"


def respond(*, match_id: UUID, by: UUID, action: Action, now: datetime) -> MatchStatus:
    """Answer a proposal; the status it has then, as the caller may know it.

    A second acceptance sends matches_accepted in this transaction and answers accepted_both, whatever chat then
    moves the match on to. Who accepted may still decline while the other is silent. Raises NotYours;
    WrongState with already_answered, match_expired or match_closed.
    """
    with as_service(), tracing.span("matching.respond", action=action.value):
        match = _locked(match_id, by)
        _check_answerable(match, by, action, now)
        if action == Action.DECLINE:
            _end([match], MatchStatus.DECLINED, now)
            return MatchStatus.DECLINED
        return _accept(match, by, now)


def has_accepted(match: Match, viewer: UUID) -> bool:
    """Whether this one of the two said yes while the other has not."""
    return match.status == ACCEPTED_BY[match.side_of(viewer)]


def shown_status(match: Match, viewer: UUID) -> MatchStatus:
    """The status as one of the two may know it: accepted_a for their own acceptance, nothing of the other's alone."""
    status = MatchStatus(match.status)
    if status in ACCEPTED_BY.values():
        return MatchStatus.ACCEPTED_A if has_accepted(match, viewer) else MatchStatus.PROPOSED
    return HIDDEN.get(status, status)


def expire_overdue(*, now: datetime, limit: int = EXPIRY_BATCH) -> int:
    """Expire proposals whose time is up; how many. One being answered just now waits for the next sweep."""
    with transaction.atomic(), as_service():
        overdue = Match.objects.overdue(now).order_by("expires_at").select_for_update(skip_locked=True)
        matches = list(overdue[:limit])
        _end(matches, MatchStatus.EXPIRED, now)
    return len(matches)


def close_for(*, user_id: UUID, now: datetime, scored_in: str | None = None) -> int:
    """Close whatever is still undecided between a person and anybody; how many. Chats that run stay.

    With `scored_in` only what was proposed on the strength of that dimension, among others.
    """
    with as_service():
        list(get_user_model()._default_manager.filter(id=user_id).select_for_update(no_key=True))
        undecided = Match.objects.of(user_id).undecided()
        matches = list((undecided.scored_in(scored_in) if scored_in else undecided).order_by("id").select_for_update())
        _end(matches, MatchStatus.CLOSED, now)
    return len(matches)


def close_between(*, first: UUID, second: UUID, now: datetime) -> int:
    """Close every open match of two people, also one in chat; how many. Sends matches_closing, and match_closed for
    each.
    """
    with as_service():
        lock_pair(first, second)
        matches_closing.send(sender=Match, first=first, second=second, now=now)
        matches = list(Match.objects.of(first).of(second).open().order_by("id").select_for_update())
        _end(matches, MatchStatus.CLOSED, now)
        for match in matches:
            match_closed.send(sender=Match, match=match, now=now)
    return len(matches)


def _locked(match_id: UUID, by: UUID) -> Match:
    """The match with both users locked. Who is in it never changes, so it may be read before."""
    match = Match.objects.of(by).filter(id=match_id).first()
    if match is None:
        raise NotYours()
    lock_pair(match.user_a_id, match.user_b_id)
    return Match.objects.with_apart().select_for_update().get(id=match_id)


def _check_answerable(match: Match, by: UUID, action: Action, now: datetime) -> None:
    status = MatchStatus(match.status)
    if status in UNDECIDED and match.expires_at <= now:
        status = MatchStatus.EXPIRED
    if match.apart:
        status = MatchStatus.CLOSED
    if status in REFUSALS:
        code, message = REFUSALS[status]
        raise WrongState(message, code=code)
    repeated = has_accepted(match, by) and action == Action.ACCEPT
    if repeated or status not in UNDECIDED:
        raise WrongState("You have answered this proposal.", code="already_answered")


def _accept(match: Match, by: UUID, now: datetime) -> MatchStatus:
    other_accepted = match.status != MatchStatus.PROPOSED
    match.status = MatchStatus.ACCEPTED_BOTH if other_accepted else ACCEPTED_BY[match.side_of(by)]
    match.save(update_fields=["status", "updated_at"])
    answer = shown_status(match, by)
    if other_accepted:
        _tell_accepted(match)
        matches_accepted.send(sender=Match, matches=[match], now=now)
    else:
        _publish_status(match, by)
    return answer


def _tell_accepted(match: Match) -> None:
    announcements.announce_accepted(match)
    for user_id in (match.user_a_id, match.user_b_id):
        _publish_status(match, user_id)


def _end(matches: list[Match], status: MatchStatus, now: datetime) -> None:
    """Move matches that are locked here to their end, tell both people of each and have the freed considered again."""
    ended = Match.objects.filter(id__in=[match.id for match in matches])
    ended.update(status=status, ended_at=now, updated_at=now)
    for match in matches:
        match.status, match.ended_at = status, now
        for user_id in (match.user_a_id, match.user_b_id):
            _publish_status(match, user_id)
    if matches:
        freed = {user_id for match in matches for user_id in (match.user_a_id, match.user_b_id)}
        entries.mark_free(user_ids=freed, now=now)


def _publish_status(match: Match, user_id: UUID) -> None:
    data = {"match_id": str(match.id), "status": str(shown_status(match, user_id))}
    publish([user_id], "match.updated", data)
