"""Connections: two people who know each other, formed, put away, and ended."""

from datetime import datetime
from uuid import UUID

from config.errors import CapacityReached, NotYours, WrongState
from connect.models import User
from connect.services import disclosures
from matching.enums import ENDED_CONNECTION, ConnectionEventType, ConnectionStatus, Origin, Server
from matching.models import Connection, ConnectionEvent, Match
from matching.services import capacity, proposals
from matching.signals import connection_ended, connection_formed
from safety.roles import as_service
from safety.services.blocks import lock_pair


def form(
    *,
    first: UUID,
    second: UUID,
    origin: Origin,
    now: datetime,
    match: Match | None = None,
    server: Server | str = "",
) -> Connection:
    """Connect two people; who are connected already keep the connection they have.

    One of discovery takes a place of both and is not revealed yet. Sends connection_formed for a new one. Raises
    NotYours when one of the two is gone, CapacityReached when one has no room.
    """
    with as_service():
        lock_pair(first, second)
        standing = _standing(first, second)
        if standing is not None:
            return standing
        low, high = sorted((first, second))
        if origin == Origin.DISCOVERY:
            _take_places(low, high)
        connection = Connection.objects.create(
            user_low_id=low, user_high_id=high, origin=origin, server=server, match=match
        )
        revealed = [] if origin == Origin.DISCOVERY else [ConnectionEventType.REVEALED]
        record(connection, ConnectionEventType.CREATED, *revealed)
        connection_formed.send(sender=Connection, connection=connection, now=now)
    return connection


def archive(*, connection_id: UUID, by: UUID, now: datetime) -> Connection:
    """Put a connection away for both, without giving its places back; twice is once.

    Raises NotYours, WrongState (connection_ended).
    """
    with as_service():
        connection = locked(connection_id, by)
        return _move(connection, ConnectionStatus.ARCHIVED)


def unarchive(*, connection_id: UUID, by: UUID, now: datetime) -> Connection:
    """Take a connection up again; twice is once.

    Raises NotYours, WrongState (connection_ended), CapacityReached while one of discovery is more than the caller's
    tier allows.
    """
    with as_service():
        connection = locked(connection_id, by)
        if connection.status == ConnectionStatus.ARCHIVED and connection.origin == Origin.DISCOVERY:
            capacity.refuse_if_above(User.objects.get(id=by))
        return _move(connection, ConnectionStatus.ACTIVE)


def terminate(*, connection_id: UUID, by: UUID, now: datetime) -> Connection:
    """End a connection for both, and hide them from each other; ending one that has ended changes nothing.

    Raises NotYours.
    """
    with as_service():
        connection = Connection.objects.of(by).filter(id=connection_id).first()
        if connection is None:
            raise NotYours()
        if connection.status not in ENDED_CONNECTION:
            first, second = connection.user_low_id, connection.user_high_id
            end_between(first=first, second=second, by=by, reason="terminated", now=now)
            connection.refresh_from_db()
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


def shown_status(connection: Connection) -> ConnectionStatus:
    """The status as one of the two may know it: that it ended, not that one of them blocked the other."""
    status = ConnectionStatus(connection.status)
    return ConnectionStatus.TERMINATED if status in ENDED_CONNECTION else status


def record(connection: Connection, *types: ConnectionEventType) -> None:
    """Write into the timeline of a connection. Needs the service role."""
    ConnectionEvent.objects.bulk_create(
        [ConnectionEvent(connection=connection, event_type=event_type) for event_type in types]
    )


def locked(connection_id: UUID, by: UUID) -> Connection:
    """One's own standing connection with both its people, locked. Needs the service role.

    Raises NotYours, WrongState (connection_ended); a block ends it at once, whatever its status still says.
    """
    found = Connection.objects.of(by).filter(id=connection_id).first()
    if found is None:
        raise NotYours()
    lock_pair(found.user_low_id, found.user_high_id)
    connection = Connection.objects.with_apart().select_for_update(no_key=True).get(id=connection_id)
    if connection.apart or connection.status in ENDED_CONNECTION:
        raise WrongState("This connection has ended.", code="connection_ended")
    return connection


def _take_places(first: UUID, second: UUID) -> None:
    """Whose place is missing is not told."""
    if User.objects.filter(capacity.with_room(), id__in=[first, second]).count() < 2:
        raise CapacityReached()
    capacity.take(first, second)


def are_connected(first: UUID, second: UUID) -> bool:
    """Needs the service role."""
    return Connection.objects.standing().of(first).of(second).exists()


def _standing(first: UUID, second: UUID) -> Connection | None:
    low, high = sorted((first, second))
    standing = Connection.objects.standing().filter(user_low=low, user_high=high)
    return standing.select_for_update().first()


def _move(connection: Connection, status: ConnectionStatus) -> Connection:
    if connection.status != status:
        connection.status = status
        connection.save(update_fields=["status", "updated_at"])
    return connection


def _end(connection: Connection, by: UUID | None, reason: str, now: datetime, status: ConnectionStatus) -> None:
    connection.status, connection.ended_by, connection.ended_at = status, by, now
    connection.reason = reason
    connection.save(update_fields=["status", "ended_by", "ended_at", "reason", "updated_at"])
    if connection.origin == Origin.DISCOVERY:
        capacity.free(connection.user_low_id, connection.user_high_id)
    record(connection, ConnectionEventType.ENDED)
    connection_ended.send(sender=Connection, connection=connection, now=now)
