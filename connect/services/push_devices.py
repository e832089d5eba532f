"""The browsers a person is told on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import NotYours, WrongState
from connect import push
from connect.models import PushDevice
from safety.roles import as_service


@dataclass(frozen=True)
class Subscription:
    """What a browser gives: the address at its push service, and its keys as it writes them."""

    endpoint: str
    p256dh: str
    auth: str


def register(*, user_id: UUID, session_id: UUID, subscription: Subscription, now: datetime) -> PushDevice:
    """Have a person told on a browser as long as this session lasts; doing it again replaces keys and session.

    An endpoint has one owner: whoever registered it last, with what was on its way to another before gone. Past
    PUSH_DEVICES_KEPT the ones that were registered longest ago go. Raises WrongState (push_off) while push is off, and
    Invalid as `push.check_address` and `push.check_keys` do.
    """
    if not push.is_on():
        raise WrongState("Push is not set up here.", code="push_off")
    push.check_address(subscription.endpoint)
    push.check_keys(subscription.p256dh, subscription.auth)
    row = PushDevice(
        user_id=user_id,
        session_id=session_id,
        endpoint=subscription.endpoint,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        updated_at=now,
    )
    columns = ["user", "session", "p256dh", "auth", "updated_at"]
    with as_service():
        same = PushDevice.objects.filter(endpoint=subscription.endpoint)
        same.exclude(user=user_id).delete()
        PushDevice.objects.bulk_create([row], update_conflicts=True, unique_fields=["endpoint"], update_fields=columns)
        own = PushDevice.objects.filter(user=user_id)
        kept = own.order_by("-updated_at", "-id").values("id")[: settings.PUSH_DEVICES_KEPT]
        own.exclude(id__in=kept).delete()
        return same.get()


def remove(*, device_id: UUID, user_id: UUID) -> None:
    """Tell the person no more on this browser. Raises NotYours."""
    with as_service():
        deleted, _ = PushDevice.objects.filter(id=device_id, user=user_id).delete()
    if not deleted:
        raise NotYours()
