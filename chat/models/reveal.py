from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chat.enums import REVEAL_TRANSITIONS, RevealStatus
from config.db import Record
from safety.schema import RowSecurity, StateMachine, pair


class RevealQuerySet(models.QuerySet["Reveal"]):
    def pending(self) -> Self:
        return self.filter(status=RevealStatus.PENDING)

    def overdue(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__lte=now)


class Reveal(Record):
    """One person's offer to show themselves to the other; accepted, both do."""

    match = models.ForeignKey("matching.Match", on_delete=models.CASCADE, related_name="reveals")
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="reveals")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    requested_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=9, choices=RevealStatus, default=RevealStatus.PENDING)
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = RevealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(status=RevealStatus.PENDING), name="reveal_one_pending"
            ),
            models.CheckConstraint(condition=~Q(requested_by=F("requested_to")), name="reveal_not_self"),
            StateMachine(
                name="reveal_status",
                field="status",
                transitions=REVEAL_TRANSITIONS,
                initial=[RevealStatus.PENDING],
            ),
            RowSecurity(name="reveal_rls", select=pair("requested_by_id", "requested_to_id")),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status=RevealStatus.PENDING), name="reveal_expiry_idx")
        ]

    def __str__(self) -> str:
        return self.status
