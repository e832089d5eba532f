from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from matching.engine.features import DIMENSIONS
from matching.engine.parameters import RANGES, Parameters
from matching.engine.parameters import version as named
from matching.engine.scores import WeightProfile
from matching.models import version
from matching.models.version import Version
from safety.schema import RowSecurity, Shares

WEIGHTS = ("connect_weights", "friendship_weights")
NUMBERS = (*WEIGHTS, *RANGES)
"""The columns in which one version may differ from another."""


def ranged(field: Callable[..., Any], name: str, help_text: str) -> Any:
    least, most = RANGES[name]
    return field(help_text=help_text, validators=[MinValueValidator(least), MaxValueValidator(most)])


class EngineParameters(Version):
    """One version of what the engine goes by."""

    connect_weights = models.JSONField(help_text="Where both allow romance; sum 1.")
    friendship_weights = models.JSONField(help_text="Elsewhere; sum 1.")
    threshold = ranged(models.FloatField, "threshold", "Points a total needs to be proposed.")
    shortlist = ranged(models.PositiveSmallIntegerField, "shortlist", "Candidates kept for each person.")
    capacity = ranged(models.PositiveSmallIntegerField, "capacity", "Open proposals a person may have.")
    lifetime = ranged(models.DurationField, "lifetime", "How long a proposal may be answered.")
    decline_rest = ranged(
        models.DurationField, "decline_rest", "Before a pair that came to nothing may be proposed again."
    )
    freshness = ranged(models.DurationField, "freshness", "How old what somebody could be proposed may be.")
    waiting_lift = ranged(models.FloatField, "waiting_lift", "Points a day of waiting is worth.")
    waiting_bound = ranged(models.FloatField, "waiting_bound", "Points waiting is worth at most.")
    exposure_lift = ranged(
        models.FloatField, "exposure_lift", "Points for somebody never shown; half for once, a third for twice."
    )

    class Meta(Version.Meta):
        verbose_name = verbose_name_plural = "engine parameters"
        constraints = [
            *version.constraints("parameters", NUMBERS),
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": RANGES[name] for name in RANGES}), name="parameters_in_range"
            ),
            *(Shares(name=f"parameters_{name}", field=name, keys=DIMENSIONS) for name in WEIGHTS),
            RowSecurity(name="parameters_rls"),
        ]

    @property
    def version(self) -> str:
        return named("connect", self.number)

    def clean(self) -> None:
        try:
            self.as_parameters()
        except (ValueError, TypeError) as exc:
            raise ValidationError(str(exc)) from exc

    def as_parameters(self) -> Parameters:
        """What the engine takes. Raises ValueError for numbers it cannot go by."""
        return Parameters(
            version=self.version,
            connect=WeightProfile(self.version, self.connect_weights),
            friendship=WeightProfile(named("friendship", self.number), self.friendship_weights),
            **{name: getattr(self, name) for name in RANGES},
        )
