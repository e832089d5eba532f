from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import RowSecurity, StateMachine, owner
from streaks.enums import RECOVERY_INITIAL, RECOVERY_TRANSITIONS, PayWith, RecoveryStatus


class RecoveryPayment(Record):
    """How the one who missed `day` makes up for it: for free, or with a payment whose subject this row is."""

    streak = models.ForeignKey("streaks.Streak", on_delete=models.CASCADE, related_name="recovery_payments")
    breaker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_payments")
    day = models.DateField()
    pay_with = models.CharField(max_length=7, choices=PayWith)
    payment = models.OneToOneField(
        "connect.Payment", on_delete=models.CASCADE, null=True, blank=True, related_name="recovery"
    )
    status = models.CharField(max_length=9, choices=RecoveryStatus, default=RecoveryStatus.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["streak", "day"],
                condition=Q(status=RecoveryStatus.RECOVERED),
                name="recovery_payment_one_recovery",
            ),
            models.UniqueConstraint(
                fields=["streak", "day"],
                # A free one does not wait for a payment, and is decided where it is begun.
                condition=Q(status=RecoveryStatus.PENDING) & ~Q(pay_with=PayWith.FREE),
                name="recovery_payment_one_pending",
            ),
            models.CheckConstraint(
                condition=Q(pay_with=PayWith.FREE, payment=None, status__in=["pending", "recovered", "excused"])
                | ~Q(pay_with=PayWith.FREE) & (Q(payment__isnull=False) | Q(status=RecoveryStatus.PENDING)),
                name="recovery_payment_paid_unless_free",
            ),
            StateMachine(
                name="recovery_payment_status",
                field="status",
                transitions=RECOVERY_TRANSITIONS,
                initial=RECOVERY_INITIAL,
            ),
            RowSecurity(name="recovery_payment_rls", select=owner("breaker_id")),
        ]
        indexes = [
            models.Index(
                fields=["day"], condition=Q(status=RecoveryStatus.RECOVERED), name="recovery_payment_recovered_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} ({self.status})"
