from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, F, Q, When

from config.db import Record
from matching.enums import TAGS_MOST, MeetOutcome, ReflectionTag
from safety.schema import RowSecurity, owner


class MeetReflectionQuerySet(models.QuerySet["MeetReflection"]):
    def people_rated(self, *, by_at_least: int) -> "models.QuerySet[Any, UUID]":
        """Whom so many people or more said something of."""
        other = Case(When(match__user_a=F("user"), then=F("match__user_b")), default=F("match__user_a"))
        rated: Any = self.annotate(rated=other).values("rated").annotate(raters=Count("user", distinct=True))
        enough: models.QuerySet[Any, UUID] = rated.filter(raters__gte=by_at_least).values_list("rated", flat=True)
        return enough

    def about(self, user_id: UUID) -> Self:
        return self.filter(Q(match__user_a=user_id) | Q(match__user_b=user_id)).exclude(user=user_id)

    def pending(self, before: datetime) -> Self:
        """Given before a moment, and not counted yet."""
        return self.filter(counted_at=None, given_at__lt=before)


class MeetReflection(Record):
    """How one person says a live talk was, in private: the other never sees it, nor any single effect of it.

    `conversation_id` is the talk's, without a foreign key, since that lives in a higher app. `counted_at`: when it went
    into a batch of judgements about the other, or was passed over because one of the same person had gone before.
    """

    match = models.ForeignKey("matching.Match", on_delete=models.CASCADE, related_name="reflections")
    conversation_id = models.UUIDField(null=True, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reflections")
    vibe_score = models.PositiveSmallIntegerField()
    meet_outcome = models.CharField(max_length=5, choices=MeetOutcome)
    feedback_tags = ArrayField(models.CharField(max_length=20, choices=ReflectionTag), default=list, blank=True)
    given_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = MeetReflectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match", "user"], name="reflection_once"),
            models.CheckConstraint(condition=Q(vibe_score__range=(1, 5)), name="reflection_vibe"),
            models.CheckConstraint(
                condition=Q(feedback_tags__len__lte=TAGS_MOST, feedback_tags__contained_by=ReflectionTag.values),
                name="reflection_tags",
            ),
            RowSecurity(name="reflection_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["given_at"], condition=Q(counted_at=None), name="reflection_pending_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.vibe_score} of 5, {self.meet_outcome}"
