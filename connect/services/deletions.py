"""Leaving for good: an account is erased a week after it was asked for, and can be had back until then."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import Forbidden, NotSignedIn, WrongState
from connect import mail
from connect.enums import Tier, UserStatus
from connect.models import AccountDeletion, DeviceSession, User
from connect.services import pool, sessions, subscriptions
from connect.services.standing import RESTRICTED_OR_NOT
from safety.roles import as_service
from safety.services import actions, audit

SUBJECT = "Your MaiTribe account"
LEAVING_MAIL = (
    "Your account will be deleted on {day}, with everything in it, as you asked.\n\n"
    "If you change your mind, sign in before that day and restore it. If it was not you who asked, sign in, restore it "
    "and change your password.\n"
)
RESTORED_MAIL = "Your account was restored and will not be deleted. You are not in matching until you join again.\n"


def request(*, user_id: UUID, session_id: UUID | None, now: datetime) -> AccountDeletion:
    """Have an account erased in a week; asking again changes nothing.

    It leaves the pool, its open proposals close, its subscription is not renewed, and every session but this one ends.
    Raises Forbidden (sign_in_again unless this session began a moment ago, staff_account).
    """
    # The pool first, as everything that locks it and the account does.
    pool.deactivate(user_id=user_id, now=now)
    with as_service():
        user = User.objects.select_for_update(no_key=True).get(id=user_id)
        pending = AccountDeletion.objects.filter(user=user_id).first()
        if pending:
            return pending
        _check_may_leave(user, session_id, now)
        pending = AccountDeletion.objects.create(user=user, due_at=now + settings.DELETION_DELAY)
        _move(user, UserStatus.DELETION_PENDING, "deletion_requested")
        subscriptions.request(user_id=user_id, tier=Tier.FREE, now=now)
        sessions.revoke_all(user_id=user_id, by=user_id, reason="leaving", now=now, but=session_id)
        _tell(user, LEAVING_MAIL.format(day=f"{pending.due_at:%d %B %Y}"), now)
    return pending


def restore(*, user_id: UUID, now: datetime) -> UserStatus:
    """Take the deletion back: the account is what moderators' actions leave it by now, but not in the pool. Its status.

    Raises WrongState (not_leaving, or deletion_due when it is too late).
    """
    with as_service():
        pending = AccountDeletion.objects.select_for_update().filter(user=user_id).first()
        if pending is None:
            raise WrongState("Your account is not being deleted.", code="not_leaving")
        if pending.due_at <= now or pending.claimed_until:
            raise WrongState("It is too late to restore this account.", code="deletion_due")
        user = User.objects.select_for_update(no_key=True).get(id=user_id)
        restricted = actions.standing(user_id, now).restricted
        _move(user, RESTRICTED_OR_NOT[restricted], "deletion_taken_back")
        pending.delete()
        _tell(user, RESTORED_MAIL, now)
    return UserStatus(user.status)


def _check_may_leave(user: User, session_id: UUID | None, now: datetime) -> None:
    """A sign-in is what every account can give, with a password or without; its attempts are limited already."""
    if user.is_staff:
        raise Forbidden("Have the staff role taken away first.", code="staff_account")
    session = DeviceSession.objects.filter(id=session_id, user=user.id).first() if session_id else None
    if session is None:
        raise NotSignedIn()
    if now - session.created_at > settings.RECENT_SIGN_IN:
        minutes = int(settings.RECENT_SIGN_IN.total_seconds() // 60)
        raise Forbidden(f"Sign in again, and confirm within {minutes} minutes.", code="sign_in_again")


def _move(user: User, status: UserStatus, action: str) -> None:
    user.status = status
    user.save(update_fields=["status", "updated_at"])
    audit.record(action=action, actor=user.id, entity="connect_user", entity_id=user.id)


def _tell(user: User, body: str, now: datetime) -> None:
    if user.email:
        mail.enqueue(to=user.email, subject=SUBJECT, body=body, now=now)
