"""Connections: two people who know each other, formed and ended."""

from datetime import datetime
from uuid import UUID

from connect.services import disclosures
from matching.enums import ConnectionEventType, ConnectionStatus, Origin
from matching.models import Connection, ConnectionEvent, Match
from matching.services import proposals
from matching.signals import connection_ended, connection_formed
from safety.roles import as_service
from safety.services.blocks import lock_pair


def form(*, first: UUID, second: UUID, origin: Origin, match: Match | None, now: datetime) -> Connection:
    """Connect two people; who are connected already keep the connection they have.

    Sends connection_formed for a new one. Raises NotYours when one of the two is gone.
    """
    with as_service():
        lock_pair(first, second)
        standing = _standing(first, second)
        if standing is not None:
            return standing
        low, high = sorted((first, second))
        connection = Connection.objects.create(user_low_id=low, user_high_id=high, origin=origin, match=match)
        _record(connection, ConnectionEventType.CREATED, ConnectionEventType.REVEALED)
        connection_formed.send(sender=Connection, connection=connection, now=now)
    return connection


def end_between(
    *,
    first: UUID,
    second: UUID,
    by: UUID | None,
    reason: str,
    now: datetime,
    status: ConnectionStatus = ConnectionStatus.TERMINATED,
) -> Connection | None:
    """Part two people: end the connection they have, close their matches, hide them from each other.

    The connection that ended, None where there was none. Sends connection_ended for it.
    """
    with as_service():
        lock_pair(first, second)
        connection = _standing(first, second)
        if connection is not None:
            _end(connection, by, reason, now, status)
        proposals.close_between(first=first, second=second, now=now)
        disclosures.revoke_between(first=first, second=second, now=now)
    return connection


def _standing(first: UUID, second: UUID) -> Connection | None:
    low, high = sorted((first, second))
    standing = Connection.objects.standing().filter(user_low=low, user_high=high)
    return standing.select_for_update().first()


def _end(connection: Connection, by: UUID | None, reason: str, now: datetime, status: ConnectionStatus) -> None:
    connection.status, connection.ended_by, connection.ended_at = status, by, now
    connection.reason = reason
    connection.save(update_fields=["status", "ended_by", "ended_at", "reason", "updated_at"])
    _record(connection, ConnectionEventType.ENDED)
    connection_ended.send(sender=Connection, connection=connection, now=now)


def _record(connection: Connection, *types: ConnectionEventType) -> None:
    ConnectionEvent.objects.bulk_create(
        [ConnectionEvent(connection=connection, event_type=event_type) for event_type in types]
    )
