"""What a person prefers, values, likes and will not talk about: the input of the extraction pipeline."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import (
    ContactFrequency,
    ConversationDepth,
    FriendshipIntention,
    GroupComfort,
    NonNegotiableDimension,
    ResponsePace,
)
from safety.schema import RowSecurity, owner

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


def own_rows(name: str) -> RowSecurity:
    return RowSecurity(name=name, select=owner(), insert=owner(), update=owner(), delete=owner())


class PreferenceSettings(Record):
    """How a person likes to be in touch. `availability_windows` are hours of the week, 0 (Monday 00:00) to 167."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    conversation_depth = models.CharField(max_length=10, choices=ConversationDepth)
    contact_frequency = models.CharField(max_length=10, choices=ContactFrequency)
    directness_score = models.PositiveSmallIntegerField(validators=PERCENT)
    humor_score = models.PositiveSmallIntegerField(validators=PERCENT)
    response_pace = models.CharField(max_length=10, choices=ResponsePace)
    group_comfort = models.CharField(max_length=12, choices=GroupComfort)
    friendship_intention = models.CharField(max_length=20, choices=FriendshipIntention)
    voice_note_ok = models.BooleanField(default=False)
    availability_windows = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "preference settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(directness_score__lte=100, humor_score__lte=100), name="preferences_percent"
            ),
            own_rows("preferences_rls"),
        ]

    def __str__(self) -> str:
        return f"preferences {self.id}"


class ValueScore(Record):
    """How much one value matters, 0 to 100."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="value_scores")
    value_key = models.CharField(max_length=30)
    score = models.PositiveSmallIntegerField(validators=PERCENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "value_key"], name="value_once"),
            models.CheckConstraint(condition=Q(score__lte=100), name="value_percent"),
            own_rows("value_rls"),
        ]

    def __str__(self) -> str:
        return self.value_key


class InterestScore(Record):
    """How much one interest draws, 0 to 100."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interest_scores")
    interest_key = models.CharField(max_length=30)
    score = models.PositiveSmallIntegerField(validators=PERCENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "interest_key"], name="interest_once"),
            models.CheckConstraint(condition=Q(score__lte=100), name="interest_percent"),
            own_rows("interest_rls"),
        ]

    def __str__(self) -> str:
        return self.interest_key


class OffLimitsTopic(Record):
    """A topic a person does not want to meet: a hard filter of matching and of prompts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="off_limits")
    topic_key = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "topic_key"], name="off_limits_once"),
            own_rows("off_limits_rls"),
        ]

    def __str__(self) -> str:
        return self.topic_key


class NonNegotiable(Record):
    """One of the three things that matter most; rank 1 weighs three times, 2 twice, 3 once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="non_negotiables")
    dimension = models.CharField(max_length=10, choices=NonNegotiableDimension)
    key = models.CharField(max_length=30)
    priority_rank = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "priority_rank"], name="non_negotiable_rank_once"),
            models.UniqueConstraint(fields=["user", "dimension", "key"], name="non_negotiable_once"),
            models.CheckConstraint(condition=Q(priority_rank__range=(1, 3)), name="non_negotiable_top_3"),
            own_rows("non_negotiable_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.priority_rank}. {self.key}"


class ReadinessAnswer(Record):
    """One answer, 1 to 5, of the questionnaire that emotional readiness is computed from."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="readiness_answers")
    question_key = models.CharField(max_length=30)
    answer = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "question_key"], name="readiness_once"),
            models.CheckConstraint(condition=Q(answer__range=(1, 5)), name="readiness_scale"),
            own_rows("readiness_rls"),
        ]

    def __str__(self) -> str:
        return self.question_key
