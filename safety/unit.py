"""The one way a call from a person is carried out, whatever it came over.

transaction > acting_as(person) > admit > idempotency key > savepoint(handler) > reply stored > commit

A call that claims no key keeps no reply, and needs no savepoint: what refuses it ends its transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import OperationalError, connection, transaction
from django.utils.module_loading import import_string

from safety.roles import acting_as
from safety.services import idempotency
from safety.services.idempotency import Claim, Reply


@dataclass(frozen=True)
class Caller:
    """Who says they call: what a verified token claims, nothing looked up yet; no ids for somebody without one."""

    address: str
    user_id: UUID | None = None
    session_id: UUID | None = None


class Gate(Protocol):
    """Accounts and sessions live above this app; the setting ACCESS_GATE names who looks after them."""

    def identify(self, token: str, address: str) -> Caller:
        """The claims of a valid access token. Raises NotSignedIn. No database."""

    def admit(self, caller: Caller, *, restricted: bool, suspended: bool) -> AbstractBaseUser:
        """The caller's account, if session and standing are live in this transaction.

        Raises NotSignedIn, or Forbidden for a restricted or a suspended account unless such ones may pass.
        """


def gate() -> Gate:
    found: Gate = import_string(settings.ACCESS_GATE)
    return found


def perform(
    *,
    caller: Caller,
    admit: Callable[[], None],
    handler: Callable[[], Reply],
    refuse: Callable[[Exception], Reply],
    claim: Claim | None,
    now: datetime,
) -> Reply:
    """Carry out one call and commit it.

    `admit` raises when the caller may not come in. A refusal, be it raised by `handler` or by a constraint at commit,
    undoes what was written and is turned by `refuse` into a reply; what must outlive a refusal the handler writes and
    returns. Anything `refuse` does not know is a fault of ours: it propagates and nothing is kept.
    """
    try:
        with transaction.atomic(), acting_as(caller.user_id, to_the_end=True):
            admit()
            return _once(claim, handler, refuse, now) if claim else handler()
    except Exception as exc:
        return refuse(exc)


def _once(claim: Claim, handler: Callable[[], Reply], refuse: Callable[[Exception], Reply], now: datetime) -> Reply:
    """The reply this key has; a refusal is one too, so it ends a savepoint and not the transaction that keeps it."""
    kept = idempotency.take(claim, now=now)
    if kept:
        return kept
    try:
        with transaction.atomic():
            reply = handler()
            _check_deferred_constraints()
    except Exception as exc:
        if connection.needs_rollback:  # there was no way back to the savepoint, so that nothing can be kept
            raise OperationalError("The connection to the database is lost.") from exc
        reply = refuse(exc)
    idempotency.settle(claim, reply)
    return reply


def _check_deferred_constraints() -> None:
    """Let a deferred constraint refuse here, where the refusal can still be kept, and not at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
