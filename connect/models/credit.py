from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import CreditReason
from safety.schema import AppendOnly, NeverNegative, RowSecurity, owner


class CreditEntry(Record):
    """Credits that came (above zero) or went (below), in minor units. The balance is the sum, and never negative."""

    # Rows are kept, by the function that forgets a payer, and go by no cascade: the trigger would refuse it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="credit_entries")
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=10, choices=CreditReason)
    source_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "credit entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="credit_amount"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="credit_currency"),
            models.CheckConstraint(
                condition=Q(amount__lt=0, reason=CreditReason.PURCHASE)
                | Q(amount__gt=0) & ~Q(reason=CreditReason.PURCHASE),
                name="credit_direction",
            ),
            models.UniqueConstraint(fields=["reason", "source_id"], name="credit_once"),
            NeverNegative(name="credit_balance", owner="user", amount="amount", within=["currency"]),
            AppendOnly(name="credit_append_only"),
            RowSecurity(name="credit_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="credit_user_idx")]

    def __str__(self) -> str:
        return f"{self.amount:+d} {self.currency}"
