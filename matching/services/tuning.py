"""New versions of the engine's numbers: drafted after the live one, changed, published. What is live never changes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from matching.models import EngineParameters
from matching.models.parameters import NUMBERS
from matching.services import runs, versions
from safety.roles import as_service


def draft(*, by: UUID) -> EngineParameters:
    """A new version with the numbers of the live one, to be changed."""
    with as_service():
        return versions.draft(EngineParameters, numbers=NUMBERS, by=by)


def save(*, parameters: EngineParameters, by: UUID, changed: Iterable[str]) -> None:
    """Keep what was `changed` on a draft. Raises Invalid; WrongState with not_a_draft once it is published."""
    with as_service():
        versions.save(parameters, by=by, changed=changed, check=EngineParameters.as_parameters)


def publish(*, parameters_id: UUID, by: UUID, now: datetime) -> EngineParameters:
    """Make a draft the live version, retire the one before it, and ask for a run.

    Raises NotYours; Invalid; WrongState with not_a_draft.
    """
    with as_service():
        fresh = versions.publish(
            EngineParameters, parameters_id=parameters_id, by=by, now=now, check=EngineParameters.as_parameters
        )
        runs.request(now=now)
    return fresh
