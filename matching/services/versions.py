"""Numbers that operators turn, in versions: drafted after the live one, changed, published; what is live never changes.

For a model with number, status, created_by, published_at and `version`, whose first row is never deleted.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Max
from django.forms.models import model_to_dict

from config.errors import Invalid, NotYours, WrongState
from matching.engine.parameters import FIRST
from matching.enums import ParametersStatus
from safety.services import audit

Row = TypeVar("Row", bound=Any)
Check = Callable[[Any], object]
"""Raises ValueError for numbers nobody can go by."""


def draft(model: type[Row], *, numbers: Collection[str], by: UUID) -> Row:
    """A new version with the numbers of the live one, to be changed. Needs the service role, as all of these."""
    _wait_for_turn(model)
    last = model.objects.aggregate(last=Max("number"))["last"]
    kept = model_to_dict(model.objects.live().get(), fields=numbers)
    made: Row = model.objects.create(number=last + 1, created_by_id=by, **kept)
    _record("parameters_drafted", made, by)
    return made


def save(parameters: Any, *, by: UUID, changed: Iterable[str], check: Check) -> None:
    """Keep what was `changed` on a draft. Raises Invalid; WrongState with not_a_draft once it is published."""
    names = sorted(changed)
    _locked_draft(type(parameters), parameters.id)
    _hold_to(check, parameters)
    parameters.save(update_fields=names)
    _record("parameters_changed", parameters, by, changed=names)


def publish(model: type[Row], *, parameters_id: UUID, by: UUID, now: datetime, check: Check) -> Row:
    """Make a draft the live version, and retire the one before it. Raises NotYours; Invalid; WrongState with
    not_a_draft.
    """
    _wait_for_turn(model)
    fresh = _locked_draft(model, parameters_id)
    _hold_to(check, fresh)
    model.objects.live().update(status=ParametersStatus.RETIRED)
    fresh.status, fresh.published_at = ParametersStatus.LIVE, now
    fresh.save(update_fields=["status", "published_at"])
    _record("parameters_published", fresh, by)
    return fresh


def _wait_for_turn(model: Any) -> None:
    """One at a time: the first version stands for the whole table."""
    model.objects.select_for_update(no_key=True).get(number=FIRST)


def _locked_draft(model: type[Row], parameters_id: UUID) -> Row:
    found: Row | None = model.objects.filter(id=parameters_id).select_for_update(no_key=True).first()
    if found is None:
        raise NotYours()
    if found.status != ParametersStatus.DRAFT:
        raise WrongState("This version is published and does not change any more.", code="not_a_draft")
    return found


def _hold_to(check: Check, parameters: Any) -> None:
    try:
        check(parameters)
    except ValueError as exc:
        raise Invalid(str(exc)) from exc


def _record(action: str, parameters: Any, by: UUID, **data: object) -> None:
    entity = parameters._meta.db_table
    audit.record(action=action, actor=by, entity=entity, entity_id=parameters.id, version=parameters.version, **data)
