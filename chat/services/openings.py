"""Making conversations, any number of them in the same few statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chat import pseudonyms, timeline
from chat.enums import Kind, RevealState, State
from chat.models import Conversation
from config import bulk, hints
from config.db import new_id
from connect.realtime import publish_each
from matching.enums import MatchStatus
from matching.models import Connection, Match
from safety.crypto import new_data_key, wrap
from safety.roles import as_service

Names = defaultdict[UUID, set[str]]
"""Pseudonyms by person."""


def open_blind(*, matches: Sequence[Match], now: datetime) -> list[Conversation]:
    """The conversations of proposals both accepted; as `open_anonymous`."""
    return open_anonymous(Kind.BLIND, matches=matches, now=now)


def open_anonymous(kind: Kind, *, matches: Sequence[Match], now: datetime, **fields: Any) -> list[Conversation]:
    """The anonymous conversations of matches both accepted, of each of which there is one, with what else their rows
    hold; moves the matches on.
    """
    common = {"kind": kind, "state": State.ANONYMOUS, "last_activity_at": now} | fields
    with as_service():
        opened = _store([_between(match.user_a_id, match.user_b_id, match_id=match.id) | common for match in matches])
        # The caller's own instances keep saying accepted_both, which the second acceptance is answered.
        moved = Match.objects.filter(id__in=bulk.any_of([match.id for match in matches]))
        moved.update(status=MatchStatus.BLIND_CHAT_ACTIVE, talked=True, updated_at=now)
        publish_each([*_told(opened), *timeline.begin(opened)])
    return opened


def open_locked(*, connection: Connection, now: datetime) -> Conversation:
    """The conversation of two who met in discovery, in which nothing can be said before it is unlocked."""
    common = {"kind": Kind.DIRECT, "state": State.LOCKED, "last_activity_at": now}
    with as_service():
        pair = _between(connection.user_low_id, connection.user_high_id, connection_id=connection.id)
        (opened,) = _store([pair | common])
        publish_each(timeline.begin([opened]))
    return opened


def open_direct(*, connection: Connection, now: datetime) -> Conversation:
    """The conversation of two who connected by their faces and know each other from its first moment; an icebreaker is
    written for them.
    """
    common = {"kind": Kind.DIRECT, "state": State.REVEALED, "reveal_state": RevealState.MUTUAL, "last_activity_at": now}
    with as_service():
        pair = _between(connection.user_low_id, connection.user_high_id, connection_id=connection.id)
        (opened,) = _store([pair | common | {"icebreaker_due_at": now}])
        publish_each(timeline.begin([opened]))
    hints.after_commit("chat.tasks.break_ice")
    return opened


def _between(a: UUID, b: UUID, **fields: UUID) -> dict[str, Any]:
    return {"id": new_id(), "user_a_id": a, "user_b_id": b, "data_key": wrap(new_data_key()), "last_seq": 1} | fields


def _store(rows: Sequence[dict[str, Any]]) -> list[Conversation]:
    """Each with two names that are new to both of its people."""
    taken = _names_in_use({row[side] for row in rows for side in ("user_a_id", "user_b_id")})
    for row in rows:
        names = pseudonyms.draw(taken[row["user_a_id"]] | taken[row["user_b_id"]])
        row["pseudonym_a"], row["pseudonym_b"] = names
        for person in (row["user_a_id"], row["user_b_id"]):
            taken[person].update(names)
    bulk.insert(Conversation, rows)
    return [Conversation(**row) for row in rows]


def _names_in_use(people: Collection[UUID]) -> Names:
    """The pseudonyms each of these has, or has met, in conversations that still run."""
    taken: Names = defaultdict(set)
    for side in ("user_a_id", "user_b_id"):
        running = Conversation.objects.open().filter(**{f"{side}__in": bulk.any_of(people)})
        for person, *names in running.values_list(side, "pseudonym_a", "pseudonym_b"):
            taken[person].update(names)
    return taken


def _told(opened: Sequence[Conversation]) -> list[tuple[UUID, str, dict[str, Any]]]:
    """That there is a match, matching has told them; here is where they talk."""
    status = MatchStatus.BLIND_CHAT_ACTIVE.value
    return [
        (
            person,
            "match.updated",
            {"match_id": str(talk.match_id), "status": status, "conversation_id": str(talk.id)},
        )
        for talk in opened
        for person in (talk.user_a_id, talk.user_b_id)
    ]
