"""What likeness goes by: the one live version, and new ones, drafted after it, changed, published."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from config import hints
from faces.engine.factors import FACTORS
from faces.models import FaceParameters
from faces.models.parameters import NUMBERS
from matching.services import versions
from safety.roles import as_service
from safety.schema.shares import TOLERANCE

TASK = "faces.tasks.search_again"
RANGES: dict[str, tuple[float, float]] = {"threshold": (0.0, 1.0), "least_quality": (0.0, 1.0), "shortlist": (1, 500)}
"""The least and the most that each number may be."""


def live() -> FaceParameters:
    """The numbers of this moment: to be read once a piece of work, and handed down."""
    with as_service():
        return FaceParameters.objects.live().get()


def public() -> dict[str, Any]:
    """What everybody may know of them: weights, by the six likenesses, and the threshold."""
    numbers = live()
    return {
        "matching_weights": {name: numbers.weights.get(name, 0.0) for name in FACTORS},
        "match_threshold": numbers.threshold,
    }


def draft(*, by: UUID) -> FaceParameters:
    """A new version with the numbers of the live one, to be changed."""
    with as_service():
        return versions.draft(FaceParameters, numbers=NUMBERS, by=by)


def save(*, parameters: FaceParameters, by: UUID, changed: Iterable[str]) -> None:
    """Keep what was `changed` on a draft. Raises Invalid; WrongState with not_a_draft once it is published."""
    with as_service():
        versions.save(parameters, by=by, changed=changed, check=check)


def publish(*, parameters_id: UUID, by: UUID, now: datetime) -> FaceParameters:
    """Make a draft the live version, retire the one before it, and have everybody searched for again.

    Raises NotYours; Invalid; WrongState with not_a_draft.
    """
    with as_service():
        fresh = versions.publish(FaceParameters, parameters_id=parameters_id, by=by, now=now, check=check)
    hints.after_commit(TASK)
    return fresh


def check(parameters: FaceParameters) -> None:
    """Raises ValueError for numbers that likeness cannot go by."""
    for name, (least, most) in RANGES.items():
        if not least <= getattr(parameters, name) <= most:
            raise ValueError(f"{name} must lie between {least} and {most}")
    weights = parameters.weights
    if not isinstance(weights, dict) or (unknown := sorted(set(weights) - set(FACTORS))):
        raise ValueError(
            "weights are of the six likenesses" + (f", not of {unknown}" if isinstance(weights, dict) else "")
        )
    if min(weights.values(), default=-1.0) < 0.0 or abs(sum(weights.values()) - 1.0) > TOLERANCE:
        raise ValueError("weights must not be negative and must sum to 1")
