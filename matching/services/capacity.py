"""How many connections of discovery a person has room for: the one place that writes `active_connection_count`.

Whoever takes or frees a place holds both people's rows. PostgreSQL refuses a rise above the tier's limit, whoever
asks for it; a tier that falls leaves what stands.
"""

from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config.errors import CapacityReached
from connect.enums import CONNECTIONS_BY_TIER as LIMITS
from connect.enums import Tier
from connect.models import User
from matching.models import Connection
from safety.roles import as_service

__all__ = ["LIMITS", "drifted", "free", "refuse_if_above", "refuse_if_full", "room", "take", "with_room"]


def room(user: User) -> int:
    """How many more connections the person has room for; none below zero after a tier that fell."""
    return max(0, LIMITS[Tier(user.tier)] - user.active_connection_count)


def with_room() -> Q:
    """Of users: those with room for one more."""
    return reduce(or_, (Q(tier=tier, active_connection_count__lt=limit) for tier, limit in LIMITS.items()))


def refuse_if_full(user: User) -> None:
    """Raises CapacityReached, with the `limit` of the tier."""
    if not room(user):
        raise _reached(user)


def refuse_if_above(user: User) -> None:
    """Raises CapacityReached for somebody who has more than the tier allows, with its `limit`."""
    if user.active_connection_count > LIMITS[Tier(user.tier)]:
        raise _reached(user)


def take(first: UUID, second: UUID) -> None:
    """Both people, who are locked and have room, have one connection more."""
    _change(first, second, 1)


def free(first: UUID, second: UUID) -> None:
    """Both people, who are locked, have one connection fewer."""
    _change(first, second, -1)


def drifted() -> QuerySet[User]:
    """People whose count is not the number of connections they have, which is in `counted`: nobody, ever.

    To be read as the service.
    """
    counted = _number("user_low") + _number("user_high")
    return User.objects.annotate(counted=counted).exclude(counted=F("active_connection_count"))


def _reached(user: User) -> CapacityReached:
    message = "You have as many connections as your tier allows."
    return CapacityReached(message, limit=LIMITS[Tier(user.tier)])


def _change(first: UUID, second: UUID, by: int) -> None:
    with as_service():
        both = User.objects.filter(id__in=[first, second])
        both.update(active_connection_count=F("active_connection_count") + by)


def _number(side: str) -> Coalesce:
    mine = Connection.objects.counted().filter(**{side: OuterRef("pk")}).order_by().values(side)
    return Coalesce(Subquery(mine.annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)
