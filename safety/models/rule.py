from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5

from config.db import Record
from safety.enums import RULE_KINDS, RULE_LABELS, RULE_VIEWS
from safety.schema import RowSecurity
from safety.words.rules import Kind, Label, Rule, View

EXISTS = "There is such a rule already."
HEAVIEST = 200
"""More than a text can have, so that one rule may outweigh all that speaks for a label."""


class ModerationRuleQuerySet(models.QuerySet["ModerationRule"]):
    def active(self) -> Self:
        return self.filter(active=True)


class ModerationRule(Record):
    """One thing to look for in what people write. A rule is switched off and not deleted, so that it can come back.

    While no usable rule is active, the ones that ship with the product stand in (`safety.rulebook`).
    """

    label = models.CharField(max_length=30, choices=RULE_LABELS)
    language = models.CharField(max_length=5, help_text="Of the texts it is meant for: en, de, or any.")
    kind = models.CharField(max_length=10, choices=RULE_KINDS)
    view = models.CharField(max_length=10, choices=RULE_VIEWS)
    pattern = models.TextField(help_text="Folded text: lower case, ae for ä, ss for ß. {app} names a set of words.")
    risk = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(HEAVIEST)])
    lowers = models.BooleanField(default=False, help_text="Takes its risk off the label instead of adding it.")
    active = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ModerationRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "label", "kind", "view", MD5("pattern"), name="rule_once", violation_error_message=EXISTS
            ),
            models.CheckConstraint(condition=Q(risk__gte=1, risk__lte=HEAVIEST), name="rule_risk_in_bounds"),
            RowSecurity(name="rule_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.pattern[:60]}"

    def as_rule(self) -> Rule:
        """What a Matcher takes. Raises ValueError for a label, kind or view that there is not (any more)."""
        return Rule(
            label=Label(self.label),
            language=self.language,
            kind=Kind(self.kind),
            view=View(self.view),
            pattern=self.pattern,
            risk=self.risk,
            lowers=self.lowers,
            note=self.note,
        )
