"""Silent marks on people who are worth a second look."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from config import bulk
from config.db import new_id
from config.errors import Forbidden, NotYours, WrongState
from safety.enums import FlagKind, ReportReason
from safety.models import ModerationAction, SafetyFlag
from safety.roles import as_service
from safety.services import actions, audit, oversight
from safety.services.actions import Measure
from safety.signals import flags_dismissed


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
    """Note that staff looked into a flag and leave it at that.

    What raised it on others too, as on two who look alike, is one case: theirs are resolved with it. The apps above are
    told that there was nothing in it, unless a measure followed from one of them already.

    Raises NotYours when there is none, WrongState when it is resolved, Forbidden for a case of one's own and for a
    colleague's.
    """
    with as_service():
        _, case = _live(flag, by)
        live = [each for each in case if each.resolved_at is None]
        for each in live:
            _resolve(each, by, now)
        if live == case:
            flags_dismissed.send(sender=SafetyFlag, flags=case, by=by, now=now)


def act(
    *, flag: UUID, by: UUID, measure: Measure, reason_code: ReportReason, statement: str, now: datetime
) -> ModerationAction:
    """Resolve a flag by acting against its person; others of its case stay open, for each of whom something else may be
    right. Raises what `resolve` and `actions.take` do.
    """
    with as_service():
        found, _ = _live(flag, by)
        action = actions.take(
            against=found.user_id, by=by, measure=measure, reason_code=reason_code, statement=statement, now=now
        )
        _resolve(found, by, now)
    return action


def _live(flag_id: UUID, by: UUID) -> tuple[SafetyFlag, list[SafetyFlag]]:
    """A flag, and all of its case; locked after their people, as by whatever finds people alike or acts on them."""
    case = _locked_case(flag_id)
    flag = next((each for each in case if each.id == flag_id), None)
    if flag is None:
        raise NotYours()
    if flag.resolved_at:
        raise WrongState("The flag is resolved.")
    if by in {each.user_id for each in case}:
        raise Forbidden("This is a case of your own.", code="own_case")
    for each in case:
        oversight.refuse_colleague(about=each.user_id, by=by)
    return flag, case


def _locked_case(flag_id: UUID) -> list[SafetyFlag]:
    case = SafetyFlag.objects.of_case(flag_id)
    people = get_user_model()._default_manager.filter(id__in=case.values("user"))
    list(people.order_by("id").select_for_update(no_key=True).values_list("id", flat=True))
    return list(case.order_by("id").select_for_update(no_key=True))


def _resolve(flag: SafetyFlag, by: UUID, now: datetime) -> None:
    flag.resolved_at, flag.resolved_by_id = now, by
    flag.save(update_fields=["resolved_at", "resolved_by"])
    audit.record(action="flag_resolved", actor=by, entity="safety_safetyflag", entity_id=flag.id, kind=flag.kind)
