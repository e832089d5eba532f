from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from config.db import Record
from safety.enums import TraceKind
from safety.schema import RowSecurity


class TextTraceQuerySet(models.QuerySet["TextTrace"]):
    def live(self, now: datetime) -> Self:
        return self.filter(expires_at__gt=now)


class TextTrace(Record):
    """That a person said something like this somewhere, for a day: a keyed number from which no text comes back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=TraceKind)
    place_id = models.UUIDField()
    mark = models.BigIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    objects = TextTraceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "mark", "place_id"], name="trace_once_a_place"),
            RowSecurity(name="trace_rls"),
        ]

    def __str__(self) -> str:
        return self.kind
