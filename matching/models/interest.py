from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from matching.enums import INTEREST_TRANSITIONS, InterestStatus, Server
from safety.schema import RowSecurity, StateMachine, owner


class InterestQuerySet(models.QuerySet["Interest"]):
    def pending(self) -> Self:
        return self.filter(status=InterestStatus.PENDING)

    def between(self, first: UUID, second: UUID) -> Self:
        return self.filter(sender__in=[first, second], receiver__in=[first, second])

    def waiting(self) -> Self:
        """Wanted by both, but one of the two had no room, or they were busy with each other elsewhere."""
        return self.pending().exclude(met_at=None)

    def unavailable_since(self, moment: datetime) -> Self:
        return self.pending().filter(unavailable_since__lte=moment)


class Interest(Record):
    """What one person feels about another in one server; the other never learns of it unless they feel the same.

    `card` is the discovery card it was sent on. `met_at` is when the later of two mutual ones was sent, while they
    wait for room; `unavailable_since` is how long the receiver could not have answered. Neither is shown to anybody.
    """

    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interests_sent")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interests_received")
    server = models.CharField(max_length=10, choices=Server)
    status = models.CharField(max_length=9, choices=InterestStatus, default=InterestStatus.PENDING)
    card = models.UUIDField(null=True, blank=True)
    met_at = models.DateTimeField(null=True, blank=True)
    unavailable_since = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="interest_in_another"),
            models.CheckConstraint(
                condition=Q(status=InterestStatus.PENDING, decided_at=None)
                | ~Q(status=InterestStatus.PENDING) & Q(decided_at__isnull=False),
                name="interest_decided",
            ),
            models.UniqueConstraint(
                fields=["sender", "receiver", "server"],
                condition=Q(status=InterestStatus.PENDING),
                name="interest_one_pending",
            ),
            StateMachine(
                name="interest_status",
                field="status",
                transitions=INTEREST_TRANSITIONS,
                initial=[InterestStatus.PENDING],
            ),
            RowSecurity(name="interest_sent_rls", select=owner("sender_id")),
        ]
        indexes = [
            models.Index(fields=["sender", "-created_at"], name="interest_sent_idx"),
            models.Index(fields=["receiver"], condition=Q(status=InterestStatus.PENDING), name="interest_received_idx"),
            models.Index(
                fields=["met_at"],
                condition=Q(status=InterestStatus.PENDING, met_at__isnull=False),
                name="interest_waiting_idx",
            ),
            models.Index(
                fields=["unavailable_since"],
                condition=Q(status=InterestStatus.PENDING, unavailable_since__isnull=False),
                name="interest_unavailable_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.server} ({self.status})"


class InterestWipe(Record):
    """That a person's other pending interests were removed when a connection filled their last place."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interest_wipes")
    connection = models.ForeignKey("matching.Connection", on_delete=models.CASCADE, related_name="interest_wipes")
    interests = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "connection"], name="interest_wipe_once"),
            RowSecurity(name="interest_wipe_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return f"{self.interests} interests"
