from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from config.db import Record
from matching.enums import ENDED, MATCH_INITIAL, MATCH_TRANSITIONS, TALKING, UNDECIDED, MatchStatus, Pathway, Side
from safety.models import apart
from safety.schema import OneAtATime, RowSecurity, StateMachine, pair

STORED = ("astro", "hd", "values", "communication", "readiness")
"""The dimensions whose scores have a column of their own."""

_TALKING_LIVE = Q(pathway=Pathway.LIVE, status__in=TALKING)
_TALKS_LIVE = "pathway = 'live' AND status IN ('accepted_both', 'blind_chat_active')"


def score_field() -> "models.DecimalField[Any, Any]":
    """0 to 100, two decimals; null where one of the two lacks the dimension."""
    return models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)


class MatchQuerySet(models.QuerySet["Match"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(Q(user_a=user_id) | Q(user_b=user_id))

    def open(self) -> Self:
        """Anything that still keeps the two busy with each other."""
        return self.exclude(status__in=ENDED)

    def keeping_apart(self) -> Self:
        """Those whose two people do not meet in discovery: busy with each other, or already met."""
        return self.exclude(Q(status__in=ENDED) & (Q(talked=False) | Q(wordless=True)))

    def with_apart(self) -> Self:
        """`apart`: whether one of the two blocked the other; to be asked as the service."""
        return self.annotate(apart=apart("user_a", "user_b"))

    def undecided(self) -> Self:
        return self.filter(status__in=UNDECIDED)

    def scored_in(self, dimension: str) -> Self:
        return self.filter(score_breakdown__has_key=dimension).exclude(**{f"score_breakdown__{dimension}": None})

    def talking_live(self) -> Self:
        """Made by the queue and neither ended nor revealed: whoever is in one has somebody to talk to now."""
        return self.filter(_TALKING_LIVE)

    def overdue(self, now: datetime) -> Self:
        return self.undecided().filter(expires_at__lte=now)


class Match(Record):
    """A scored pair with a life cycle. `user_a` has the smaller id; in an ended one the id of somebody who
    left stands for nobody, and in no order.

    Scores are 0 to 100; a dimension that one of the two lacks is null. `explanation` holds the reasons shown to both.
    `talked`: a conversation came of it; `wordless`: a live one, which ended before anybody had said a word.
    """

    user_a = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="matches_as_a", db_index=False
    )
    user_b = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="matches_as_b", db_index=False
    )
    pathway = models.CharField(max_length=13, choices=Pathway, default=Pathway.COMPATIBILITY)
    status = models.CharField(max_length=17, choices=MatchStatus, default=MatchStatus.PROPOSED)
    astro_score = score_field()
    hd_score = score_field()
    values_score = score_field()
    communication_score = score_field()
    readiness_score = score_field()
    total_score = models.DecimalField(max_digits=5, decimal_places=2)
    score_breakdown = models.JSONField(default=dict)
    explanation = models.JSONField(default=dict)
    match_reasons = ArrayField(models.CharField(max_length=40), default=list)
    engine_version = models.CharField(max_length=40)
    weight_profile = models.CharField(max_length=40)
    run = models.ForeignKey(
        "matching.MatchingRun",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="matches",
        db_index=False,
    )
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    talked = models.BooleanField(default=False)
    wordless = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    # Of `with_apart`.
    apart: bool

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(
                condition=Q(user_a__lt=F("user_b")) | Q(status__in=ENDED), name="match_ordered_pair"
            ),
            models.CheckConstraint(condition=Q(total_score__range=(0, 100)), name="match_score_range"),
            models.UniqueConstraint(
                fields=["user_a", "user_b"], condition=~Q(status__in=ENDED), name="match_one_open_per_pair"
            ),
            StateMachine(name="match_status", field="status", transitions=MATCH_TRANSITIONS, initial=MATCH_INITIAL),
            # Joining the queue is the acceptance: what it makes is never unanswered.
            models.CheckConstraint(
                condition=~Q(pathway=Pathway.LIVE) | ~Q(status__in=UNDECIDED), name="match_live_is_accepted"
            ),
            OneAtATime(name="match_one_live", people=["user_a", "user_b"], condition=_TALKS_LIVE),
            RowSecurity(name="match_rls", select=pair("user_a_id", "user_b_id")),
        ]
        indexes = [
            models.Index(fields=["run"], condition=Q(run__isnull=False), name="match_run_idx"),
            models.Index(fields=["user_a", "status"], name="match_a_idx"),
            models.Index(fields=["user_b", "status"], name="match_b_idx"),
            models.Index(fields=["expires_at"], condition=Q(status__in=UNDECIDED), name="match_expiry_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.pathway} {self.total_score} ({self.status})"

    def side_of(self, user_id: UUID) -> Side:
        return Side.A if user_id == self.user_a_id else Side.B

    def other(self, user_id: UUID) -> UUID:
        return self.user_b_id if user_id == self.user_a_id else self.user_a_id
