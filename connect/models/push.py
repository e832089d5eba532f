from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from connect.models.session import DeviceSession
from safety.schema import RowSecurity, owner


class PushDevice(Record):
    """A browser that a person wants to be told on: where its push service listens, and the keys only it can read with.

    It belongs to the session it was registered in, and is told nothing once that ended.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices")
    session = models.ForeignKey(DeviceSession, on_delete=models.CASCADE, related_name="push_devices")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [RowSecurity(name="push_device_rls", select=owner())]

    def __str__(self) -> str:
        return f"device {self.id}"


class PushDeliveryQuerySet(models.QuerySet["PushDelivery"]):
    def due(self, now: datetime) -> Self:
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.filter(free, due_at__lte=now)

    def wanted(self, now: datetime) -> Self:
        """Those whose device still belongs to whom they are for, in a session that lives."""
        live = Q(device__session__revoked_at=None, device__session__expires_at__gt=now)
        return self.filter(live, device__user=F("user"))


class PushDelivery(Record):
    """One notification on its way to one device. The row is the job: a worker claims it for a while, sends, and
    deletes it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_deliveries")
    device = models.ForeignKey(PushDevice, on_delete=models.CASCADE, related_name="deliveries")
    # No foreign key: whoever deletes what they were told has no right to what is on its way.
    notification_id = models.UUIDField()
    due_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = PushDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "push deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notification_id", "device"], name="push_delivery_once"),
            RowSecurity(name="push_delivery_rls"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.id}"
