"""An account's standing, as staff may change it by hand."""

from uuid import UUID

from config.errors import Forbidden, NotYours, WrongState
from connect.enums import UserStatus
from connect.models import User
from safety.roles import as_service
from safety.services import audit
from safety.signals import access_changed


def restrict(*, user: UUID, by: UUID, reason: str) -> None:
    """Keep a person from everything but what restricted accounts may do; their open sockets drop.

    Raises NotYours when there is no such account, Forbidden for staff, WrongState unless it is active.
    """
    with as_service():
        account = _locked(user)
        if account.is_staff:
            raise Forbidden("Take the staff role away first.", code="staff_account")
        _move(account, UserStatus.ACTIVE, UserStatus.RESTRICTED)
        audit.record(action="restricted", actor=by, entity="connect_user", entity_id=user, reason=reason)
        access_changed.send(sender=User, user_id=user)


def lift(*, user: UUID, by: UUID, reason: str) -> None:
    """End a restriction. Raises NotYours when there is no account, WrongState unless restricted."""
    with as_service():
        _move(_locked(user), UserStatus.RESTRICTED, UserStatus.ACTIVE)
        audit.record(action="restriction_lifted", actor=by, entity="connect_user", entity_id=user, reason=reason)
        access_changed.send(sender=User, user_id=user)


def _locked(user: UUID) -> User:
    account = User.objects.select_for_update(no_key=True).filter(id=user).first()
    if account is None:
        raise NotYours()
    return account


def _move(account: User, before: UserStatus, after: UserStatus) -> None:
    if account.status != before:
        raise WrongState(f"The account is {account.status}.")
    account.status = after
    account.save(update_fields=["status", "updated_at"])
