from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import RowSecurity, StateMachine, owner
from streaks.enums import BOUGHT_WITH, NUDGE_PAYMENT_INITIAL, NUDGE_PAYMENT_TRANSITIONS, NudgePaymentStatus


class NudgePayment(Record):
    """One more nudge on `day`, with a payment whose subject this row is; `number` is the one it became."""

    streak = models.ForeignKey("streaks.Streak", on_delete=models.CASCADE, related_name="nudge_payments")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="nudge_payments")
    day = models.DateField()
    pay_with = models.CharField(max_length=7, choices=BOUGHT_WITH)
    payment = models.OneToOneField(
        "connect.Payment", on_delete=models.CASCADE, null=True, blank=True, related_name="nudge"
    )
    status = models.CharField(max_length=8, choices=NudgePaymentStatus, default=NudgePaymentStatus.PENDING)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["streak", "day"],
                condition=Q(status=NudgePaymentStatus.PENDING),
                name="nudge_payment_one_pending",
            ),
            models.UniqueConstraint(
                fields=["streak", "day", "number"],
                condition=Q(number__isnull=False),
                name="nudge_payment_one_nudge",
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | Q(status=NudgePaymentStatus.PENDING), name="nudge_payment_paid"
            ),
            models.CheckConstraint(
                condition=Q(status=NudgePaymentStatus.SENT, number__gt=0)
                | Q(~Q(status=NudgePaymentStatus.SENT), number=None),
                name="nudge_payment_sent_as",
            ),
            StateMachine(
                name="nudge_payment_status",
                field="status",
                transitions=NUDGE_PAYMENT_TRANSITIONS,
                initial=NUDGE_PAYMENT_INITIAL,
            ),
            RowSecurity(name="nudge_payment_rls", select=owner("sender_id")),
        ]

    def __str__(self) -> str:
        return f"{self.day} ({self.status})"
