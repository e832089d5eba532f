"""A person's way to say that an action against them was wrong."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import Forbidden, NotYours, WrongState
from safety.crypto import Cipher, new_data_key, unwrap, wrap
from safety.enums import AppealStatus, TrustSource
from safety.models import Appeal, ModerationAction
from safety.roles import as_service
from safety.services import actions, audit, notices, oversight, trust
from safety.services.actions import stated


def appealable(action: ModerationAction, *, now: datetime) -> bool:
    """Whether the person may still appeal: in time, not taken back already, and not appealed before."""
    in_time = now <= action.created_at + settings.APPEAL_WINDOW
    return in_time and action.revoked_at is None and action.its_appeal is None


def file(*, action: UUID, by: UUID, text: str, now: datetime) -> Appeal:
    """Appeal against an action; there is one appeal for each.

    Raises NotYours, and WrongState with already_appealed, action_revoked or appeal_too_late.
    """
    with as_service():
        own = ModerationAction.objects.against(by).filter(id=action)
        found = own.select_for_update(no_key=True).first()
        if found is None:
            raise NotYours()
        _check_appealable(found, now)
        appeal = Appeal(action=found, action_by_id=found.by_id, appellant_id=by, created_at=now)
        _seal(appeal, text)
        appeal.save(force_insert=True)
    return appeal


def withdraw(*, appeal: UUID, by: UUID, now: datetime) -> None:
    """Take one's own appeal back; there is no other for the same action. Raises NotYours, WrongState when decided."""
    with as_service():
        found = Appeal.objects.select_for_update(no_key=True).filter(id=appeal, appellant=by).first()
        if found is None:
            raise NotYours()
        _check_open(found)
        found.status, found.decided_at = AppealStatus.WITHDRAWN, now
        found.save(update_fields=["status", "decided_at", "updated_at"])


def decide(*, appeal: UUID, by: UUID, overturn: bool, decision: str, now: datetime) -> Appeal:
    """Uphold the action or overturn it, which takes it back, also when its time is over: it still stands in the file.

    Raises NotYours, Forbidden for the moderator who took the action, for the people concerned and for a colleague,
    Invalid without a decision text, WrongState when it is closed, as it is as soon as the action is taken back.
    """
    with as_service():
        found = _with_action(appeal)
        _check_open(found)
        if by in {found.action_by_id, *actions.parties(found.action)}:
            raise Forbidden("Another moderator has to decide this appeal.", code="own_case")
        oversight.refuse_colleague(about=found.appellant_id, by=by)
        found.status = AppealStatus.OVERTURNED if overturn else AppealStatus.UPHELD
        found.decided_by_id, found.decided_at, found.decision_text = by, now, stated(decision)
        found.save(update_fields=["status", "decided_by", "decided_at", "decision_text", "updated_at"])
        if overturn:
            actions.revoke(action=found.action_id, by=by, reason="overturned on appeal", now=now)
            _restore_trust(found.action, now)
        audit.record(action=f"appeal_{found.status}", actor=by, entity="safety_appeal", entity_id=found.id)
        notices.tell_of_appeal(found, now=now)
    return found


def text_of(appeal: Appeal) -> str:
    """What the person wrote, for themselves."""
    return Cipher(unwrap(bytes(appeal.text_key))).open(bytes(appeal.text), appeal.id.bytes).decode()


def read_text(*, appeal: Appeal, by: UUID) -> str:
    """The same for a moderator; each reading is audited. Raises Forbidden for the people concerned."""
    if by in actions.parties(appeal.action):
        raise Forbidden("This is a case of your own.", code="own_case")
    audit.record(action="appeal_read", actor=by, entity="safety_appeal", entity_id=appeal.id)
    return text_of(appeal)


def _check_appealable(action: ModerationAction, now: datetime) -> None:
    if earlier := action.its_appeal:
        raise WrongState("You have appealed against this.", code="already_appealed", appeal_id=str(earlier.id))
    if action.revoked_at is not None:
        raise WrongState("This was taken back.", code="action_revoked")
    if not appealable(action, now=now):
        raise WrongState("It is too late to appeal against this.", code="appeal_too_late")


def _check_open(appeal: Appeal) -> None:
    if appeal.status != AppealStatus.OPEN:
        raise WrongState(f"The appeal is {appeal.status}.")


def _with_action(appeal_id: UUID) -> Appeal:
    """The appeal locked after its action and the person of both, in the order of `actions`."""
    action_id = Appeal.objects.filter(id=appeal_id).values_list("action_id", flat=True).first()
    if action_id is None:
        raise NotYours()
    action = actions.locked(action_id)
    appeal = Appeal.objects.select_for_update(no_key=True).get(id=appeal_id)
    appeal.action = action
    return appeal


def _restore_trust(action: ModerationAction, now: datetime) -> None:
    """What the report that led to an overturned action took off, if one did, counts no more."""
    if action.report_id:
        trust.take_back(
            user_id=action.against_id, source=TrustSource.REPORT_CONFIRMED, source_ref_id=action.report_id, now=now
        )


def _seal(appeal: Appeal, text: str) -> None:
    key = new_data_key()
    appeal.text_key = wrap(key)
    appeal.text = Cipher(key).seal(text.encode(), appeal.id.bytes)
