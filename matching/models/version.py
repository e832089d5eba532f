from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from matching.enums import PARAMETERS_TRANSITIONS, ParametersStatus
from safety.schema import Frozen, StateMachine


class VersionQuerySet(models.QuerySet[Any]):
    def live(self) -> Self:
        return self.filter(status=ParametersStatus.LIVE)


class Version(Record):
    """One version of numbers that operators turn. A draft may be changed; what was once live stays as it was for ever,
    so that whatever names its number can be told by what it was made.
    """

    number = models.PositiveIntegerField(unique=True)
    status = models.CharField(max_length=7, choices=ParametersStatus, default=ParametersStatus.DRAFT)
    note = models.CharField(max_length=200, blank=True, help_text="What this version is to bring about.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.version} ({self.status})"

    @property
    def version(self) -> str:
        """What it is called in whatever was made by it."""
        raise NotImplementedError


def constraints(name: str, numbers: Iterable[str]) -> list[models.BaseConstraint]:
    """What holds for versions of these numbers, in a table whose constraints begin with `name`."""
    draft = Q(status=ParametersStatus.DRAFT)
    return [
        models.UniqueConstraint(models.Value(1), condition=Q(status=ParametersStatus.LIVE), name=f"{name}_one_live"),
        models.CheckConstraint(
            condition=Q(status=ParametersStatus.DRAFT, published_at=None) | (~draft & Q(published_at__isnull=False)),
            name=f"{name}_published",
        ),
        StateMachine(
            name=f"{name}_status",
            field="status",
            transitions=PARAMETERS_TRANSITIONS,
            initial=[ParametersStatus.DRAFT],
        ),
        Frozen(
            name=f"{name}_frozen",
            field="status",
            until=[ParametersStatus.DRAFT],
            fields=["number", "note", *numbers],
        ),
    ]
