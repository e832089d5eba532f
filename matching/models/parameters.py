from collections.abc import Callable
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config.db import Record
from matching.engine.features import DIMENSIONS
from matching.engine.parameters import RANGES, Parameters, version
from matching.engine.scores import WeightProfile
from matching.enums import PARAMETERS_TRANSITIONS, ParametersStatus
from safety.schema import Frozen, RowSecurity, Shares, StateMachine

WEIGHTS = ("connect_weights", "friendship_weights")
NUMBERS = (*WEIGHTS, *RANGES)
"""The columns in which one version may differ from another."""


def ranged(field: Callable[..., Any], name: str, help_text: str) -> Any:
    least, most = RANGES[name]
    return field(help_text=help_text, validators=[MinValueValidator(least), MaxValueValidator(most)])


class EngineParametersQuerySet(models.QuerySet["EngineParameters"]):
    def live(self) -> Self:
        return self.filter(status=ParametersStatus.LIVE)


class EngineParameters(Record):
    """One version of the engine's numbers. A draft may be changed; what was once live stays as it was for ever, so
    that whatever names its number can be told by what it was made.
    """

    number = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=7, choices=ParametersStatus, default=ParametersStatus.DRAFT)
    note = models.CharField(max_length=200, blank=True, help_text="What this version is to bring about.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
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

    objects = EngineParametersQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "engine parameters"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(status=ParametersStatus.LIVE), name="parameters_one_live"
            ),
            models.CheckConstraint(
                condition=Q(status=ParametersStatus.DRAFT, published_at=None)
                | (~Q(status=ParametersStatus.DRAFT) & Q(published_at__isnull=False)),
                name="parameters_published",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": RANGES[name] for name in RANGES}), name="parameters_in_range"
            ),
            *(Shares(name=f"parameters_{name}", field=name, keys=DIMENSIONS) for name in WEIGHTS),
            StateMachine(
                name="parameters_status",
                field="status",
                transitions=PARAMETERS_TRANSITIONS,
                initial=[ParametersStatus.DRAFT],
            ),
            Frozen(
                name="parameters_frozen",
                field="status",
                until=[ParametersStatus.DRAFT],
                fields=["number", "note", *NUMBERS],
            ),
            RowSecurity(name="parameters_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.status})"

    @property
    def version(self) -> str:
        return version("connect", self.number)

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
            friendship=WeightProfile(version("friendship", self.number), self.friendship_weights),
            **{name: getattr(self, name) for name in RANGES},
        )
