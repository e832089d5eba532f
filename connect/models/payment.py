from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from config.db import Record
from connect.enums import PAYMENT_TRANSITIONS, Item, PaidBy, PaymentStatus
from connect.models.due import Due, DueQuerySet
from safety.schema import AppendOnly, RowSecurity, StateLog, owner, through


class PaymentQuerySet(models.QuerySet["Payment"]):
    def with_status(self) -> models.QuerySet[Any]:
        """Each with its newest state as `status_now`, and the provider's name of it as `reference_now`."""
        newest = PaymentState.objects.filter(payment=OuterRef("pk")).order_by("-number")
        return self.annotate(
            status_now=Subquery(newest.values("status")[:1]), reference_now=Subquery(newest.values("reference")[:1])
        )


class Payment(Record):
    """What a person was to pay, for what, and by whom it is taken. It never changes: what becomes of it are states.

    `subject_id` is what it was paid for: a streak, a reveal, a subscription. `amount` is in minor units of `currency`.
    `invoice` is the provider's name of a period's bill of a subscription, and empty for everything else.
    """

    # Rows are kept, by the function that forgets a payer, and go by no cascade: the trigger would refuse it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="payments")
    item = models.CharField(max_length=12, choices=Item)
    subject_id = models.UUIDField(db_index=True)
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=7, choices=PaidBy)
    invoice = models.CharField(max_length=255, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payment_currency"),
            models.CheckConstraint(
                condition=~Q(item=Item.SUBSCRIPTION, provider=PaidBy.CREDITS), name="payment_credits_no_subscription"
            ),
            models.UniqueConstraint(
                fields=["provider", "invoice"], condition=~Q(invoice=""), name="payment_one_per_invoice"
            ),
            AppendOnly(name="payment_append_only"),
            RowSecurity(name="payment_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="payment_user_idx")]

    def __str__(self) -> str:
        return f"{self.item}: {self.amount} {self.currency}"

    @property
    def status(self) -> PaymentStatus:
        """Its newest state; one query."""
        return PaymentStatus(self.states.values_list("status", flat=True).order_by("-number")[0])


class PaymentState(Record):
    """A state of a payment, from when it was; `reference` is what the provider calls the payment."""

    payment = models.ForeignKey(Payment, on_delete=models.DO_NOTHING, related_name="states")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=14, choices=PaymentStatus)
    reference = models.CharField(max_length=255, blank=True, db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "number"], name="payment_state_number"),
            StateLog(
                name="payment_state_status",
                field="status",
                of="payment",
                transitions=PAYMENT_TRANSITIONS,
                initial=[PaymentStatus.PENDING],
            ),
            AppendOnly(name="payment_state_append_only"),
            RowSecurity(name="payment_state_rls", select=through("connect_payment", "payment_id")),
        ]

    def __str__(self) -> str:
        return self.status


class PaymentJob(Due, Record):
    """What the provider has to be asked about a payment. It goes when there is nothing left to ask.

    `client_secret` lets the payer's own device pay, and is here only while there is something to pay.
    """

    payment = models.OneToOneField(Payment, on_delete=models.CASCADE, related_name="job")
    reference = models.CharField(max_length=255, blank=True, db_index=True)
    client_secret = models.CharField(max_length=255, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        constraints = [RowSecurity(name="payment_job_rls", select=through("connect_payment", "payment_id"))]
        indexes = [models.Index(fields=["due_at"], name="payment_job_due_idx")]

    def __str__(self) -> str:
        return f"job of {self.payment_id}"
