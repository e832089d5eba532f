"""People of discovery and what they feel about each other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from connect.enums import Tier
from connect.models import User
from matching.enums import InterestStatus, Server
from matching.models import Connection, Interest, InterestWipe
from matching.services import capacity, interests
from tests.factories import UserFactory

PARTNER, FRIEND = Server.PARTNER, Server.FRIEND


def suitor(tier: Tier = Tier.FREE, **fields: Any) -> UUID:
    """Somebody who is in the pool."""
    user: User = UserFactory(pooled=True, tier=tier, **fields)
    return user.id


def express(by: UUID, receiver: UUID, now: datetime, server: Server = PARTNER) -> Interest:
    with transaction.atomic():
        return interests.express(by=by, receiver=receiver, server=server, now=now)


def couple(first: UUID, second: UUID, now: datetime, server: Server = PARTNER) -> Connection:
    """Two people, connected as the product does it."""
    express(first, second, now, server)
    express(second, first, now, server)
    return Connection.objects.of(first).of(second).standing().get()


def sent(by: UUID) -> list[tuple[UUID, str]]:
    """What somebody sent, in its order."""
    return list(Interest.objects.filter(sender=by).order_by("id").values_list("receiver_id", "status"))


def status_of(by: UUID, receiver: UUID) -> str:
    return Interest.objects.get(sender=by, receiver=receiver).status


def wiped() -> dict[UUID, int]:
    """How many interests of whom were wiped."""
    return dict(InterestWipe.objects.values_list("user_id", "interests"))


def count_of(user_id: UUID) -> int:
    return User.objects.get(id=user_id).active_connection_count


def connected() -> set[frozenset[UUID]]:
    pairs = Connection.objects.counted().values_list("user_low_id", "user_high_id")
    return {frozenset(pair) for pair in pairs}


def check_counts() -> None:
    assert not capacity.drifted().exists()


def pending(by: UUID) -> set[UUID]:
    return {receiver for receiver, status in sent(by) if status == InterestStatus.PENDING}
