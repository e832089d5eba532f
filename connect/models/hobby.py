from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from config.db import Record
from connect.enums import HobbyCategory
from safety.schema import RowSecurity, owner

DESCRIPTION = 140


class HobbyOptionQuerySet(models.QuerySet["HobbyOption"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class HobbyOption(Record):
    """Something people do for its own sake; what is not active any more stays with those who chose it.

    `name` is the English one; what it is called in other languages stands in `connect.hobby_wording`.
    """

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    category = models.CharField(max_length=10, choices=HobbyCategory)
    is_active = models.BooleanField(default=True)

    objects = HobbyOptionQuerySet.as_manager()

    class Meta:
        ordering = ["category", "code"]
        constraints = [RowSecurity(name="hobby_option_rls", select="true")]

    def __str__(self) -> str:
        return self.name


class HobbyQuerySet(models.QuerySet["Hobby"]):
    def of(self, user_id: UUID) -> Self:
        """A person's hobbies in the order they were added."""
        return self.filter(user=user_id).select_related("option").order_by("id")


class Hobby(Record):
    """What a person likes to do, and in a few words how they do it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hobbies")
    option = models.ForeignKey(HobbyOption, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=DESCRIPTION, blank=True)

    objects = HobbyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "hobbies"
        constraints = [
            models.UniqueConstraint(fields=["user", "option"], name="hobby_once"),
            RowSecurity(name="hobby_rls", select=owner(), insert=owner(), update=owner(), delete=owner()),
        ]

    def __str__(self) -> str:
        return self.option.name
