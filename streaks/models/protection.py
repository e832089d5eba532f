from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.schema import RowSecurity, StateMachine, owner
from streaks.enums import PROTECTION_INITIAL, PROTECTION_TRANSITIONS, ProtectionStatus


class CreditProtection(Record):
    """The time after a paid recovery in which the payment becomes credits should the other leave the streak."""

    payment = models.OneToOneField("connect.Payment", on_delete=models.CASCADE, related_name="protection")
    streak = models.ForeignKey("streaks.Streak", on_delete=models.CASCADE, related_name="protections")
    payer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="protections")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=ProtectionStatus, default=ProtectionStatus.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="protection_takes_time"),
            models.CheckConstraint(
                condition=Q(status=ProtectionStatus.OPEN, decided_at=None)
                | Q(~Q(status=ProtectionStatus.OPEN), decided_at__isnull=False),
                name="protection_decided_when",
            ),
            StateMachine(
                name="protection_status",
                field="status",
                transitions=PROTECTION_TRANSITIONS,
                initial=PROTECTION_INITIAL,
            ),
            RowSecurity(name="protection_rls", select=owner("payer_id")),
        ]
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(status=ProtectionStatus.OPEN), name="protection_open_idx")
        ]

    def __str__(self) -> str:
        return f"until {self.ends_at:%Y-%m-%d %H:%M} ({self.status})"
