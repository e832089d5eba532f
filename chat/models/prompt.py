from collections.abc import Collection
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from chat.enums import PromptType, Stage
from config.db import Record
from safety.schema import RowSecurity

LENGTH = 200
CODE = 40


class PromptQuerySet(models.QuerySet["Prompt"]):
    def active(self) -> Self:
        return self.filter(active=True)

    def avoiding(self, topics: Collection[str]) -> Self:
        """Those that touch none of these topics."""
        return self.exclude(topic_tags__overlap=list(topics)) if topics else self


class Prompt(Record):
    """Something to talk or to think about. `topic_tags` are the topics it touches, of those that may be off limits.

    One is switched off and not deleted: what was answered to it stays.
    """

    prompt_type = models.CharField(max_length=10, choices=PromptType)
    code = models.SlugField(max_length=CODE, unique=True)
    text_en = models.CharField(max_length=LENGTH)
    text_de = models.CharField(max_length=LENGTH)
    topic_tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    stage = models.PositiveSmallIntegerField(choices=Stage)
    active = models.BooleanField(default=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        ordering = ["prompt_type", "stage", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="prompt_stage"),
            models.CheckConstraint(condition=~Q(text_en="") & ~Q(text_de=""), name="prompt_in_every_language"),
            RowSecurity(name="prompt_rls", select="true"),
        ]

    def __str__(self) -> str:
        return self.code

    def text_in(self, language: str) -> str:
        """The words in a language of ours."""
        text: str = getattr(self, f"text_{language}")
        return text
