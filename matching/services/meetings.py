"""Where two interests meet: First-to-Lock, and the Total Wipe of whoever's last place that fills.

Whoever decides about a pair holds both users' rows, locked in the order of their ids, and reads capacity under that
lock; so of many who race for one place the first to lock has it, by the server's time. Who comes too late is told
nothing: their interest stays pending, as it would with somebody who feels nothing. It waits, and the two are connected
once both have room and nothing else keeps them apart, in the order in which the pairs met.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from config.errors import NotYours
from connect.enums import UserStatus
from connect.models import ConnectProfile, User
from matching.enums import InterestStatus, Origin, Server
from matching.models import Connection, Interest, InterestWipe, Match
from matching.models.interest import InterestQuerySet
from matching.services import announcements, capacity, connections
from safety.models import apart
from safety.roles import as_service
from safety.services import audit
from safety.services.blocks import lock_pair

BATCH = 500


def available(now: datetime) -> QuerySet[User]:
    """People who may be met at all, whether they have room or not: in good standing and in the pool."""
    present = User.objects.filter(status=UserStatus.ACTIVE).exclude(suspended_until__gt=now)
    return present.filter(Exists(ConnectProfile.objects.active().filter(user=OuterRef("pk"))))


def meet(*, first: UUID, second: UUID, server: Server, now: datetime) -> Connection | None:
    """Connect two people, who are locked, if both want it and may; needs the service role.

    The same two queries whatever keeps them from it, so that their number tells nobody of an interest in them.
    """
    mutual = Interest.objects.pending().between(first, second).filter(_answered(), server=server)
    mutual.filter(Q(met_at=None) | _answered(met_at=None)).update(met_at=now)
    rows = _formable(now).between(first, second).filter(server=server)
    interests = list(rows.order_by("id").select_for_update(of=("self",), no_key=True))
    return _connect(interests, now) if len(interests) == 2 else None


def settle_waiting(*, now: datetime, limit: int = BATCH) -> int:
    """Connect pairs that waited for room and have it now, first come first served; each in its own transaction.

    How many were looked at.
    """
    with transaction.atomic(), as_service():
        waiting = _formable(now).filter(sender__lt=F("receiver")).order_by("met_at", "id")
        found = list(waiting.values_list("sender_id", "receiver_id", "server")[:limit])
    for first, second, server in found:
        _settle(first, second, Server(server), now)
    return len(found)


def decide(interests: InterestQuerySet, status: InterestStatus, now: datetime) -> int:
    """End those of the interests that are pending, locked in the order of their ids; how many.

    Needs the service role.
    """
    held = interests.pending().order_by("id").select_for_update(of=("self",), no_key=True)
    ids = list(held.values_list("id", flat=True))
    return Interest.objects.filter(id__in=ids).update(status=status, decided_at=now)


def _settle(first: UUID, second: UUID, server: Server, now: datetime) -> None:
    with transaction.atomic(), as_service():
        try:
            lock_pair(first, second)
        except NotYours:  # erased between the two looks
            return
        meet(first=first, second=second, server=server, now=now)


def _answered(**how: Any) -> Exists:
    """Whether the receiver of an interest feels the same."""
    same = {"sender": OuterRef("receiver"), "receiver": OuterRef("sender"), "server": OuterRef("server")}
    return Exists(Interest.objects.pending().filter(**same, **how))


def _formable(now: datetime) -> InterestQuerySet:
    """Mutual interests of two people who have room and whom nothing else keeps from a connection: no block, no match
    that still runs or of which they talked, and no connection, past or present, of any origin.
    """
    ready = available(now).filter(capacity.with_room()).values("id")
    waiting = Interest.objects.waiting().filter(_answered(), sender__in=ready, receiver__in=ready)
    return waiting.exclude(apart("sender", "receiver")).exclude(_busy()).exclude(_known())


def _busy() -> Exists:
    return Exists(Match.objects.keeping_apart().filter(_two("user_a", "user_b")))


def _known() -> Exists:
    return Exists(Connection.objects.filter(_two("user_low", "user_high")))


def _two(low: str, high: str) -> Q:
    """The two people of an interest, whichever of them has the smaller id."""
    sender, receiver = OuterRef("sender"), OuterRef("receiver")
    return Q(**{low: sender, high: receiver}) | Q(**{low: receiver, high: sender})


def _connect(interests: list[Interest], now: datetime) -> Connection:
    """Two mutual interests, locked with their people, become a connection; whoever that filled is wiped."""
    first, second = sorted((interests[0].sender_id, interests[0].receiver_id))
    mutual = Interest.objects.filter(id__in=[interest.id for interest in interests])
    mutual.update(status=InterestStatus.MUTUAL, decided_at=now)
    decide(Interest.objects.between(first, second), InterestStatus.WITHDRAWN, now)
    server = Server(interests[0].server)
    connection = connections.form(first=first, second=second, origin=Origin.DISCOVERY, server=server, now=now)
    for user in User.objects.filter(id__in=[first, second]).order_by("id"):
        if not capacity.room(user):
            _wipe(user.id, connection, now)
    announcements.announce_connected(connection)
    return connection


def _wipe(user_id: UUID, connection: Connection, now: datetime) -> None:
    """Remove what the person has sent and nobody answered; the receivers never learn that there was anything."""
    number = decide(Interest.objects.filter(sender=user_id), InterestStatus.WIPED, now)
    wipe = InterestWipe.objects.create(user_id=user_id, connection=connection, interests=number)
    table = InterestWipe._meta.db_table
    audit.record(action="interests_wiped", actor=None, entity=table, entity_id=wipe.id, interests=number)
