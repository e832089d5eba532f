"""The database roles a transaction works under.

The login role of the web has no rights of its own. A request takes `connect_client` and sees what its row policies
show to one person; a service function that must write what its caller may not takes `connect_service` on purpose.
Both last to the end of the transaction at most, so that a pooled connection comes back clean whatever happens.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

from config import prepared

CLIENT = "connect_client"
SERVICE = "connect_service"

# One round trip: read what stood before, set what stands now. A target list is evaluated from left to right.
_SWITCH = """
SELECT current_setting('role'), coalesce(current_setting('app.user_id', true), ''),
       set_config('role', %s, true),
       set_config('app.user_id', coalesce(%s, current_setting('app.user_id', true)), true),
       set_config('app.request_id', %s, true)
"""
_RESTORE = "SELECT set_config('role', %s, true), set_config('app.user_id', %s, true)"


# The attribute of the connection that remembers the role of the innermost block, so that a service function called
# by another asks the database for nothing. Blocks and savepoints nest, so it and the database always agree.
_HELD = "_role_held"


class _Identity(NamedTuple):
    role: str
    user_id: str


@contextmanager
def acting_as(user_id: UUID | None, *, to_the_end: bool = False) -> Iterator[None]:
    """Run the body as one person (None: nobody, who sees nothing). Needs an open transaction.

    `to_the_end`: nothing comes after it in its block, so that the end of the transaction takes the identity back.
    """
    with _identity(CLIENT, str(user_id or ""), to_the_end):
        yield


@contextmanager
def as_service(*, to_the_end: bool = False) -> Iterator[None]:
    """Run the body with the rights of the service; the person acting stays on record for the audit.

    `to_the_end`: as for `acting_as`.
    """
    with _identity(SERVICE, None, to_the_end):
        yield


def name_actor(user_id: UUID) -> None:
    """Put a person on record for the audit without changing the role: for staff, who act with the service's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])


def actor() -> UUID | None:
    """The person on record for the audit; None for nobody, as for a command or a task."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nullif(current_setting('app.user_id', true), '')::uuid")
        found: UUID | None = cursor.fetchone()[0]
    return found


@contextmanager
def _identity(role: str, user_id: str | None, to_the_end: bool) -> Iterator[None]:
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{role} can only be taken inside a transaction")
    held = getattr(connection, _HELD, None)
    if role == held == SERVICE:
        yield
        return
    before = _switch(role, user_id)
    setattr(connection, _HELD, role)
    try:
        yield
    finally:
        setattr(connection, _HELD, held)
        # A block inside another is a savepoint, whose end takes nothing back; and whoever holds a role goes on in it.
        if not to_the_end or held or connection.savepoint_ids:
            _restore(before)


def _switch(role: str, user_id: str | None) -> _Identity:
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    before = prepared.execute(_SWITCH, [role, user_id, request_id]).fetchone()
    return _Identity(*before[:2])


def _restore(before: _Identity) -> None:
    """Put the earlier identity back; a broken transaction takes it back by itself when it is rolled back."""
    if connection.needs_rollback or _is_broken():
        return
    prepared.execute(_RESTORE, before)


def _is_broken() -> bool:
    raw = connection.connection
    return raw is None or raw.closed or raw.info.transaction_status == TransactionStatus.INERROR
