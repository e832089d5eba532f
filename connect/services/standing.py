"""What moderators' actions make of an account: the one place that writes `restricted` and `suspended_until`.

Who is restricted or kept out is no longer on the staff, and is not again when that ends: a superuser gives the role.
"""

from datetime import datetime
from uuid import UUID

from connect.enums import UserStatus
from connect.models import ConnectProfile, User
from connect.services import pool
from safety.roles import actor, as_service
from safety.services import audit
from safety.services.actions import Standing

# An account that is being deleted, or is, keeps that status.
RESTRICTED_OR_NOT = {True: UserStatus.RESTRICTED, False: UserStatus.ACTIVE}


def apply(*, user_id: UUID, standing: Standing, now: datetime) -> None:
    """Make a person's account say what the actions in force leave them; who is kept out leaves the pool.

    The caller holds the person's row. Open sockets find out by themselves: they look twice a second.
    """
    with as_service():
        user = User.objects.get(id=user_id)
        if user.status in RESTRICTED_OR_NOT.values():
            user.status = RESTRICTED_OR_NOT[standing.restricted]
        user.suspended_until = standing.suspended_until
        user.save(update_fields=["status", "suspended_until", "updated_at"])
        if user.is_staff and not standing.free:
            _leave_staff(user)
        if standing.suspended_until:
            _leave_pool(user_id, now)


def _leave_staff(user: User) -> None:
    """Their next click in the admin finds them out; what they were given is gone, and that is on record."""
    user.is_staff = user.is_superuser = False
    user.save(update_fields=["is_staff", "is_superuser", "updated_at"])
    user.groups.clear()
    user.user_permissions.clear()
    audit.record(action="staff_role_ended", actor=actor(), entity="connect_user", entity_id=user.id)


def _leave_pool(user_id: UUID, now: datetime) -> None:
    """Who is changing their place in the pool right now holds it and may be waiting for the person's row, which we
    hold: then it stays, and matching leaves out who is suspended in any case.
    """
    member = ConnectProfile.objects.active().filter(user=user_id).select_for_update(skip_locked=True)
    if member.first() is not None:
        pool.deactivate(user_id=user_id, now=now)
