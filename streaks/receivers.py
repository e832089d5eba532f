"""What streaks do when an app below tells of a change, in the same transaction."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from matching.enums import Origin
from matching.models import Connection
from matching.signals import connection_ended, connection_formed
from streaks.services import lifecycle


@receiver(connection_formed)
def begin(connection: Connection, now: datetime, **kwargs: Any) -> None:
    if connection.origin == Origin.DISCOVERY:
        lifecycle.begin(connection=connection, now=now)


@receiver(connection_ended)
def terminate(connection: Connection, now: datetime, **kwargs: Any) -> None:
    lifecycle.terminate(connection=connection, now=now)
