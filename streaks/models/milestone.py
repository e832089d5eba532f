from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import Tier
from safety.schema import RowSecurity
from streaks.engine.states import DAYS

REVEALS = 5
"""The last of which is who the other is, for everybody on the last day."""


class RevealMilestone(Record):
    """On which completed day a tier earns a reveal, and whether it is sold before. Nobody outside staff sees it."""

    tier = models.CharField(max_length=10, choices=Tier)
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(REVEALS)])
    day_required = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(DAYS)])
    purchasable = models.BooleanField(default=False)

    class Meta:
        ordering = ["tier", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tier", "number"], name="milestone_once_a_tier"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="milestone_of_a_tier"),
            models.CheckConstraint(
                condition=Q(number=REVEALS, day_required=DAYS, purchasable=False)
                | Q(number__range=(1, REVEALS - 1), day_required__range=(1, DAYS - 1)),
                name="milestone_last_on_the_last_day",
            ),
            RowSecurity(name="milestone_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.tier} {self.number}"

    @property
    def is_last(self) -> bool:
        return self.number == REVEALS
