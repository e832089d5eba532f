from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect import personality
from connect.personality import DIMENSIONS, HIGHEST, HIGHEST_SCORE, LOWEST
from safety.schema import Numbers, RowSecurity, owner


class PersonalityQuestionQuerySet(models.QuerySet["PersonalityQuestion"]):
    def asked(self) -> Self:
        """Those of the version that is asked now, in their order."""
        return self.filter(version=personality.VERSION).order_by("position")


class PersonalityQuestion(Record):
    """One statement of the questionnaire, the same for everybody; a changed one has another version."""

    version = models.CharField(max_length=20)
    key = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    dimension = models.CharField(max_length=20, choices=[(name, name) for name in DIMENSIONS])
    reversed = models.BooleanField()
    text_en = models.CharField(max_length=200)
    text_de = models.CharField(max_length=200)

    objects = PersonalityQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="personality_question_once"),
            models.UniqueConstraint(fields=["version", "position"], name="personality_question_position"),
            # The same for everybody, and written by migrations alone.
            RowSecurity(name="personality_question_rls", select="true"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.key}"


class PersonalityAnswer(Record):
    """How far a person agrees with one statement, 1 (no) to 5 (fully)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personality_answers")
    question = models.ForeignKey(PersonalityQuestion, on_delete=models.PROTECT, related_name="answers")
    answer = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "question"], name="personality_answer_once"),
            models.CheckConstraint(condition=Q(answer__range=(LOWEST, HIGHEST)), name="personality_answer_scale"),
            RowSecurity(name="personality_answer_rls", select=owner(), insert=owner(), update=owner(), delete=owner()),
        ]

    def __str__(self) -> str:
        return f"answer {self.id}"


class PersonalityScore(Record):
    """The numbers of a person's answers by dimension, 0 to 100, and how far to trust each, 0 to 1; no word of text.

    Nobody reads them over the API, not even the person, so that the client role has no right to them.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personality_score")
    version = models.CharField(max_length=20)
    scores = models.JSONField()
    confidence = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            Numbers(name="personality_scores_numbers", field="scores", keys=DIMENSIONS, most=HIGHEST_SCORE),
            Numbers(name="personality_confidence_numbers", field="confidence", keys=DIMENSIONS, most=1),
            RowSecurity(name="personality_score_rls"),
        ]

    def __str__(self) -> str:
        return f"scores {self.id}"
