"""New versions of the engine's numbers: drafted after the live one, changed, published. What is live never changes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.forms.models import model_to_dict

from config.errors import Invalid, NotYours, WrongState
from matching.engine.parameters import FIRST
from matching.enums import ParametersStatus
from matching.models import EngineParameters
from matching.models.parameters import NUMBERS
from matching.services import runs
from safety.roles import as_service
from safety.services import audit


def draft(*, by: UUID) -> EngineParameters:
    """A new version with the numbers of the live one, to be changed."""
    with as_service():
        _wait_for_turn()
        last = EngineParameters.objects.aggregate(last=Max("number"))["last"]
        numbers = model_to_dict(EngineParameters.objects.live().get(), fields=NUMBERS)
        made = EngineParameters.objects.create(number=last + 1, created_by_id=by, **numbers)
        _record("parameters_drafted", made, by)
    return made


def save(*, parameters: EngineParameters, by: UUID, changed: Iterable[str]) -> None:
    """Keep what was `changed` on a draft. Raises Invalid; WrongState with not_a_draft once it is published."""
    names = sorted(changed)
    with as_service():
        _locked_draft(parameters.id)
        _check(parameters)
        parameters.save(update_fields=names)
        _record("parameters_changed", parameters, by, changed=names)


def publish(*, parameters_id: UUID, by: UUID, now: datetime) -> EngineParameters:
    """Make a draft the live version, retire the one before it, and ask for a run.

    Raises NotYours; Invalid; WrongState with not_a_draft.
    """
    with as_service():
        _wait_for_turn()
        fresh = _locked_draft(parameters_id)
        _check(fresh)
        EngineParameters.objects.live().update(status=ParametersStatus.RETIRED)
        fresh.status, fresh.published_at = ParametersStatus.LIVE, now
        fresh.save(update_fields=["status", "published_at"])
        _record("parameters_published", fresh, by)
        runs.request(now=now)
    return fresh


def _wait_for_turn() -> None:
    """One at a time: the first version stands for the whole table."""
    EngineParameters.objects.select_for_update(no_key=True).get(number=FIRST)


def _locked_draft(parameters_id: UUID) -> EngineParameters:
    found = EngineParameters.objects.filter(id=parameters_id).select_for_update(no_key=True).first()
    if found is None:
        raise NotYours()
    if found.status != ParametersStatus.DRAFT:
        raise WrongState("This version is published and does not change any more.", code="not_a_draft")
    return found


def _check(parameters: EngineParameters) -> None:
    try:
        parameters.as_parameters()
    except ValueError as exc:
        raise Invalid(str(exc)) from exc


def _record(action: str, parameters: EngineParameters, by: UUID, **data: object) -> None:
    entity = parameters._meta.db_table
    audit.record(action=action, actor=by, entity=entity, entity_id=parameters.id, version=parameters.version, **data)
