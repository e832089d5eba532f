"""What staff have turned on and off, as every call may ask at no cost.

The database holds the truth; a process looks at it every few seconds and remembers what it saw. The web's login may
read nothing, so it is read with the service's rights, in the transaction that is open or in one of its own.
"""

import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from constance.signals import config_updated
from constance.utils import get_values
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.dispatch import receiver

from safety.models import AuditLog
from safety.roles import actor, as_service
from safety.services import audit

LIFETIME = 5.0
"""Seconds after which every process has seen a change."""
ACTION, ENTITY = "setting_changed", "constance_constance"
"""What the audit calls a change, and what was changed."""


class Seen(NamedTuple):
    """The values of all settings, and the moment (of `time.monotonic`) up to which they are believed."""

    values: dict[str, Any]
    until: float


_seen = Seen({}, 0.0)


def is_on(name: str) -> bool:
    """Whether a flag is on."""
    return bool(value(name))


def value(name: str) -> Any:
    """What stands there as somebody set it, else as `settings.CONSTANCE_CONFIG` has it."""
    seen = _seen if time.monotonic() < _seen.until else _look()
    return seen.values[name]


def on_since(name: str) -> datetime | None:
    """When every process had seen that somebody turned it on, the last time; None where nobody ever did.

    Needs the service role.
    """
    entries = AuditLog.objects.filter(entity=ENTITY, entity_id=None, action=ACTION, data__contains={"key": name})
    turned_on = entries.filter(data__after=True).aggregate(last=Max("created_at"))["last"]
    return turned_on and turned_on + timedelta(seconds=LIFETIME)


def public() -> dict[str, Any]:
    """Those that everybody may know, by name."""
    return {name: value(name) for name in settings.PUBLIC_FLAGS}


def remember(seen: Seen) -> Seen:
    """Take this for what the database holds, as long as it says."""
    global _seen  # noqa: PLW0603  # what a process remembers is its own
    _seen = seen
    return seen


def forget() -> None:
    """Look again at the next question."""
    remember(Seen({}, 0.0))


def _look() -> Seen:
    with transaction.atomic(), as_service():
        values = get_values()
    return remember(Seen(values, time.monotonic() + LIFETIME))


@receiver(config_updated)
def note_change(key: str, old_value: Any, new_value: Any, **kwargs: Any) -> None:
    """Write every change into the audit, with who stands on record as acting; that a default is stored is none."""
    forget()
    before = settings.CONSTANCE_CONFIG[key][0] if old_value is None else old_value
    if before == new_value:
        return
    with transaction.atomic():
        told = {"key": key, "before": before, "after": new_value}
        audit.record(action=ACTION, actor=actor(), entity=ENTITY, entity_id=None, **told)
