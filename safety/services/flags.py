"""Silent marks on people who are worth a second look."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from config import bulk
from config.db import new_id
from config.errors import Forbidden, NotYours, WrongState
from safety.enums import FlagKind, ReportReason
from safety.models import ModerationAction, SafetyFlag
from safety.roles import as_service
from safety.services import actions, audit, oversight
from safety.services.actions import Measure


def raise_flag(
    *, user: UUID, kind: FlagKind, source_kind: str, source_id: UUID, data: dict[str, Any], now: datetime
) -> SafetyFlag:
    """Mark a person because of something; the same source raises a kind once, also after it was resolved.

    `data` is plain JSON for moderators: numbers and labels, no texts.
    """
    with as_service():
        flag, _ = SafetyFlag.objects.get_or_create(
            user_id=user,
            kind=kind,
            source_kind=source_kind,
            source_id=source_id,
            defaults={"data": data, "created_at": now},
        )
    return flag


def raise_each(
    *, marks: Iterable[tuple[UUID, UUID, dict[str, Any]]], kind: FlagKind, source_kind: str, now: datetime
) -> None:
    """The same for many people in one statement, each with the id and the data of what gave rise to it."""
    common = {"kind": kind, "source_kind": source_kind, "created_at": now}
    rows = [
        {"id": new_id(), "user_id": user, "source_id": source, "data": data} | common for user, source, data in marks
    ]
    with as_service():
        bulk.insert(SafetyFlag, rows)


def resolve(*, flag: UUID, by: UUID, now: datetime) -> None:
    """Note that staff looked into a flag.

    Raises NotYours when there is none, WrongState when it is resolved, Forbidden for one's own and for
    a colleague's.
    """
    with as_service():
        _resolve(_live(flag, by), by, now)


def act(
    *, flag: UUID, by: UUID, measure: Measure, reason_code: ReportReason, statement: str, now: datetime
) -> ModerationAction:
    """Resolve a flag by acting against its person. Raises what `resolve` and `actions.take` do."""
    with as_service():
        found = _live(flag, by)
        action = actions.take(
            against=found.user_id, by=by, measure=measure, reason_code=reason_code, statement=statement, now=now
        )
        _resolve(found, by, now)
    return action


def _live(flag_id: UUID, by: UUID) -> SafetyFlag:
    flag = SafetyFlag.objects.select_for_update(no_key=True).filter(id=flag_id).first()
    if flag is None:
        raise NotYours()
    if flag.resolved_at:
        raise WrongState("The flag is resolved.")
    if flag.user_id == by:
        raise Forbidden("This is a case of your own.", code="own_case")
    oversight.refuse_colleague(about=flag.user_id, by=by)
    return flag


def _resolve(flag: SafetyFlag, by: UUID, now: datetime) -> None:
    flag.resolved_at, flag.resolved_by_id = now, by
    flag.save(update_fields=["resolved_at", "resolved_by"])
    audit.record(action="flag_resolved", actor=by, entity="safety_safetyflag", entity_id=flag.id, kind=flag.kind)
