from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import SUBSCRIPTION_TRANSITIONS, PaidBy, SubscriptionStatus, Tier
from connect.models.due import Due, DueQuerySet
from safety.schema import RowSecurity, StateMachine, owner

PAID = (Tier.PLUS, Tier.PRO)


class SubscriptionQuerySet(DueQuerySet):
    def open(self) -> Self:
        return self.exclude(status=SubscriptionStatus.ENDED)


class Subscription(Due, Record):
    """A tier that a person pays for, period by period: our copy of what the provider says, and the job to read it.

    `wanted` is what the person asked for last and the provider was not told yet, under `wanted_key`. `next_tier` begins
    with the next period (free: it ends there). While `past_due` the tier stays until `grace_until`. `leaving`: its
    person is gone, so it ends at once and the provider forgets them.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    tier = models.CharField(max_length=4, choices=Tier)
    status = models.CharField(max_length=8, choices=SubscriptionStatus, default=SubscriptionStatus.PENDING)
    wanted = models.CharField(max_length=4, choices=Tier, blank=True)
    wanted_key = models.CharField(max_length=36, blank=True)
    next_tier = models.CharField(max_length=4, choices=Tier, blank=True)
    begun_at = models.DateTimeField()
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    provider = models.CharField(max_length=7, choices=[(by.value, by.label) for by in (PaidBy.SANDBOX, PaidBy.STRIPE)])
    reference = models.CharField(max_length=255, blank=True, db_index=True)
    customer = models.CharField(max_length=255, blank=True)
    client_secret = models.CharField(max_length=255, blank=True)
    leaving = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=~Q(status=SubscriptionStatus.ENDED), name="subscription_one_open"
            ),
            models.CheckConstraint(condition=Q(tier__in=PAID), name="subscription_paid_tier"),
            StateMachine(
                name="subscription_status",
                field="status",
                transitions=SUBSCRIPTION_TRANSITIONS,
                initial=[SubscriptionStatus.PENDING],
            ),
            RowSecurity(name="subscription_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["due_at"], condition=~Q(status="ended"), name="subscription_due_idx")]

    def __str__(self) -> str:
        return f"{self.tier} ({self.status})"

    def tier_at(self, now: datetime) -> Tier:
        """What it gives its person."""
        if self.status == SubscriptionStatus.ACTIVE:
            return Tier(self.tier)
        in_grace = self.status == SubscriptionStatus.PAST_DUE and self.grace_until and now < self.grace_until
        return Tier(self.tier) if in_grace else Tier.FREE
