"""What time it is for the product: the one place outside a service that reads the clock.

A stack that shows how days pass (CLOCK_FILE) runs ahead of the real time by as many seconds as that file says.
Production has none. What has to do with machines and not with people (whether a worker is alive, limits that Redis
counts, when a row was made) goes by the machine's own clock.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """This moment, in UTC."""
    return timezone.now() + _ahead() if settings.CLOCK_FILE else timezone.now()


def _ahead() -> timedelta:
    try:
        return timedelta(seconds=float(Path(settings.CLOCK_FILE).read_text()))
    except FileNotFoundError:
        return timedelta()
