"""What moderators do about people: taken with reasons, taken back, ended by their date.

Whoever takes or ends an action holds the person's row, and then the action's, so that what the person may do always
follows from all actions in force.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from config import isolation
from config.errors import Forbidden, Invalid, NotYours, WrongState
from safety.enums import FOREVER, ActionKind, AppealStatus, ReportReason
from safety.models import Appeal, ModerationAction, Report
from safety.parts import TOMBSTONE
from safety.roles import as_service
from safety.services import audit, notices, oversight, returns
from safety.signals import access_changed

BATCH = 500
ENTITY = "safety_moderationaction"


@dataclass(frozen=True)
class Measure:
    """A kind of action and how long it lasts; None is for good, or, of a restriction, until it is taken back."""

    kind: ActionKind
    lasts: timedelta | None = None


@dataclass(frozen=True)
class Standing:
    """What the actions in force leave a person: restricted or not, kept out until when (FOREVER by a ban)."""

    restricted: bool = False
    suspended_until: datetime | None = None

    @property
    def banned(self) -> bool:
        return self.suspended_until == FOREVER

    @property
    def free(self) -> bool:
        return not self.restricted and self.suspended_until is None


def take(
    *,
    against: UUID,
    by: UUID,
    measure: Measure,
    reason_code: ReportReason,
    statement: str,
    now: datetime,
    report: Report | None = None,
) -> ModerationAction:
    """Act against a person, who is told of it and why. Whatever restricts or keeps out a member of staff ends that.

    Raises NotYours when there is no such person, Forbidden for oneself and for a colleague (staff_case: who is set
    above them acts), Invalid without a statement.
    """
    with as_service():
        _check_person(_person(against), by)
        action = ModerationAction.objects.create(
            kind=measure.kind,
            against_id=against,
            by_id=by,
            report=report,
            reason_code=reason_code,
            statement_of_reasons=stated(statement),
            expires_at=now + measure.lasts if measure.lasts else None,
            created_at=now,
        )
        _record("action_taken", action, by, kind=measure.kind)
        _follow(against, now)
        notices.tell_of_action(action, now=now)
        _bind(action, now)
    return action


def carry_over(*, to: UUID, now: datetime) -> None:
    """Have what is in force against the same person under other accounts stand against this one too; once each.

    The person is told of it and why, and may appeal. Staff have nothing carried over to them.
    """
    with as_service():
        person = _person(to)
        # Whoever acts against one of them holds that one, and either sees this account or is seen here.
        _locked_people(returns.others(to))
        live = ModerationAction.objects.live(now).binding().filter(against__in=returns.others(to))
        # Held until the end, so that one which is taken back meanwhile is either seen or takes this along.
        for action in live.select_for_update(no_key=True).order_by("id"):
            _repeat(action, person, now)


def revoke(*, action: UUID, by: UUID, reason: str, now: datetime) -> ModerationAction:
    """Take an action back, also one whose time is over, with all that was carried over from it; an appeal against any
    of them that nobody has decided is moot.

    Whoever has one taken back that they brought along is not taken for that other person any more.

    Raises NotYours, Forbidden for a party to it and for a colleague, Invalid without a reason, WrongState when it was
    taken back.
    """
    with as_service():
        found = locked(action)
        if by in parties(found):
            raise Forbidden("You cannot take back what was done in a case of your own.", code="own_case")
        oversight.refuse_colleague(about=found.against_id, by=by)
        if found.revoked_at is not None:
            raise WrongState("This action was taken back.", code="action_revoked")
        words = stated(reason)
        if found.carried_from_id:
            returns.part(user_id=found.against_id)
        for ended in (found, *found.carried.filter(revoked_at=None).order_by("id")):
            _take_back(ended, by, words, now)
    return found


def lift_restrictions(*, user: UUID, by: UUID, now: datetime) -> None:
    """Take back every restriction in force. Raises NotYours when there is no such person, WrongState without one."""
    with as_service():
        _person(user)
        live = ModerationAction.objects.against(user).live(now).filter(kind=ActionKind.RESTRICTION)
        found = list(live.order_by("id").values_list("id", flat=True))
        if not found:
            raise WrongState("The account is not restricted.")
        for action in found:
            revoke(action=action, by=by, reason="lifted by hand", now=now)


def lapse_due(*, now: datetime) -> int:
    """Carry out the end of actions whose time is up, each in its own transaction; how many.

    One of a person who is being acted on right now waits for the next sweep.
    """
    with transaction.atomic(), as_service():
        due = ModerationAction.objects.due_to_lapse(now).order_by("?")
        found = list(due.values_list("id", "against_id")[:BATCH])
    return isolation.each(_lapse, ((*row, now) for row in found), failed="action_not_lapsed")


def standing(user_id: UUID, now: datetime) -> Standing:
    """What a person may do, from all actions in force; needs the service's rights."""
    return _standing_by(ModerationAction.objects.against(user_id).live(now))


def locked(action_id: UUID) -> ModerationAction:
    """An action with the rows of its person, and of those it was carried over to, locked before its own.

    Raises NotYours.
    """
    same = ModerationAction.objects.filter(Q(id=action_id) | Q(carried_from=action_id))
    if not _locked_people(same.values("against")):
        raise NotYours()
    return ModerationAction.objects.select_for_update(no_key=True).get(id=action_id)


def parties(action: ModerationAction) -> set[UUID]:
    """Whom an action concerns: the person it is against, and who reported them."""
    because_of = Report.objects.filter(actions=action)
    return {action.against_id, *because_of.values_list("reporter_id", flat=True)}


def stated(statement: str) -> str:
    """A statement of reasons. Raises Invalid when it says nothing."""
    words = statement.strip()
    if not words:
        raise Invalid("Give a statement of reasons.", code="statement_required")
    return words


def _person(user_id: UUID) -> Any:
    people = _locked_people([user_id])
    if not people:
        raise NotYours()
    return people[0]


def _locked_people(ids: Any) -> list[Any]:
    people = get_user_model()._default_manager.filter(id__in=ids)
    return list(people.order_by("id").select_for_update(no_key=True))


def _check_person(person: Any, by: UUID) -> None:
    if person.id == by:
        raise Forbidden("You cannot act against yourself.", code="own_case")
    oversight.refuse_colleague(about=person.id, by=by)


def _lapse(action_id: UUID, user_id: UUID, now: datetime) -> bool:
    people = get_user_model()._default_manager.filter(id=user_id)
    with transaction.atomic(), as_service():
        if not people.select_for_update(no_key=True, skip_locked=True):
            return False
        action = ModerationAction.objects.due_to_lapse(now).filter(id=action_id).first()
        if action is None:  # ended between the two looks
            return False
        action.lapsed_at = now
        action.save(update_fields=["lapsed_at"])
        _follow(user_id, now)
        notices.tell_of_end(action, now=now)
        returns.settle(user_id=user_id, now=now)
        return True


def _bind(action: ModerationAction, now: datetime) -> None:
    """Have an action stand wherever the person is recognised, now and later."""
    if action.kind == ActionKind.WARNING:
        return
    returns.remember(user_id=action.against_id)
    for person in _locked_people(returns.others(action.against_id)):
        _repeat(action, person, now)


def _repeat(action: ModerationAction, person: Any, now: datetime) -> None:
    """Take the same action against another account, unless it stands there or nobody is there to bear it."""
    origin = action.carried_from_id or action.id
    known = ModerationAction.objects.filter(Q(id=origin) | Q(carried_from=origin), against=person.id)
    if person.is_staff or person.status == TOMBSTONE or known.exists():
        return
    repeated = ModerationAction.objects.create(
        kind=action.kind,
        against_id=person.id,
        by_id=action.by_id,
        reason_code=action.reason_code,
        statement_of_reasons=action.statement_of_reasons,
        expires_at=action.expires_at,
        carried_from_id=origin,
        created_at=now,
    )
    audit.record(action="action_carried_over", actor=None, entity=ENTITY, entity_id=repeated.id, kind=action.kind)
    _follow(person.id, now)
    notices.tell_of_action(repeated, now=now)


def _take_back(action: ModerationAction, by: UUID, reason: str, now: datetime) -> None:
    action.revoked_at, action.revoked_by_id = now, by
    action.save(update_fields=["revoked_at", "revoked_by"])
    _record("action_revoked", action, by, reason=reason)
    _settle_appeal(action, now)
    _follow(action.against_id, now)
    notices.tell_of_end(action, now=now)
    returns.settle(user_id=action.against_id, now=now)


def _settle_appeal(action: ModerationAction, now: datetime) -> None:
    """Close what asked for no more than has just been done, and say so to who asked."""
    appeal = Appeal.objects.open().select_for_update(no_key=True).filter(action=action).first()
    if appeal is None:
        return
    appeal.status, appeal.decided_at = AppealStatus.MOOT, now
    appeal.save(update_fields=["status", "decided_at", "updated_at"])
    notices.tell_of_appeal(appeal, now=now)


def _follow(user_id: UUID, now: datetime) -> None:
    access_changed.send(sender=ModerationAction, user_id=user_id, standing=standing(user_id, now), now=now)


def _standing_by(live: Iterable[ModerationAction]) -> Standing:
    kept_out = [
        FOREVER if action.kind == ActionKind.BAN else action.expires_at
        for action in live
        if action.kind in {ActionKind.SUSPENSION, ActionKind.BAN}
    ]
    return Standing(
        restricted=any(action.kind == ActionKind.RESTRICTION for action in live),
        suspended_until=max(filter(None, kept_out), default=None),
    )


def _record(what: str, action: ModerationAction, by: UUID, **data: Any) -> None:
    audit.record(action=what, actor=by, entity=ENTITY, entity_id=action.id, **data)
