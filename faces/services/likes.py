"""Where two likes meet: two people who like each other, on whichever of their likenesses, are connected.

Both users' rows are locked, in the order of their ids. Where something keeps the two apart (a talk of theirs that runs
under pseudonyms, a connection that has not shown them to each other), nobody is told anything: the likes wait, and the
two are connected once nothing does, in the order in which the likes met.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from config.errors import NotYours
from connect.enums import DisclosureLevel, DisclosureSource, NotificationType, Purpose, UserStatus
from connect.models import Consent, Disclosure, User
from connect.services import disclosures
from faces import wording
from faces.models import Baby, FaceConnection, Reaction
from faces.models.reaction import ReactionQuerySet
from faces.services import announcements
from matching.enums import Origin
from matching.models import Connection, Match
from matching.services import connections
from safety.models import apart
from safety.roles import as_service
from safety.services.blocks import lock_pair

BATCH = 500
LOW, HIGH = "match__user_a", "match__user_b"
"""A connection's people are in the same order as a likeness's."""


def meet(*, first: UUID, second: UUID, now: datetime) -> Connection | None:
    """Connect two people, who are locked, if both like the other and may; the connection they have if they did.

    Needs the service role. The same three queries whatever keeps them from it, so that their number tells nobody of
    a like.
    """
    formed = FaceConnection.objects.filter(connection__in=_standing(first, second)).select_related("connection").first()
    if formed is not None:  # nothing is left to wait for
        return formed.connection
    Reaction.objects.between(first, second).mutual().filter(waiting_since=None).update(waiting_since=now)
    like = _formable(now).between(first, second).first()
    return _connect(like, first, second, now) if like else None


def stop_waiting(*, first: UUID, second: UUID) -> None:
    """Let likes wait no more that are answered by none, one having been taken back. Needs the service role, and both
    people locked.
    """
    likes = Reaction.objects.between(first, second)
    met = likes.mutual().values("id")
    likes.filter(waiting_since__isnull=False).exclude(id__in=met).update(waiting_since=None)


def settle_waiting(*, now: datetime, limit: int = BATCH) -> int:
    """Connect pairs whose likes waited and may meet now, each in its own transaction; how many were looked at."""
    with transaction.atomic(), as_service():
        waiting = due(now).order_by("waiting_since", "id")
        pairs = list(dict.fromkeys(waiting.values_list(LOW, HIGH)[:limit]))
    for first, second in pairs:
        _settle(first, second, now)
    return len(pairs)


def due(now: datetime) -> ReactionQuerySet:
    """Likes that waited and may meet now. Needs the service role."""
    return _formable(now).filter(waiting_since__isnull=False)


def _settle(first: UUID, second: UUID, now: datetime) -> None:
    with transaction.atomic(), as_service():
        try:
            lock_pair(first, second)
        except NotYours:  # erased between the two looks
            return
        meet(first=first, second=second, now=now)


def _formable(now: datetime) -> ReactionQuerySet:
    """Likes that meet, of two people in good standing who allow the search and are apart by no block, whom neither a
    match that runs nor a connection that was keeps from it; or who know each other already.
    """
    present = _present(now).values("id")
    likes = Reaction.objects.mutual().filter(match__user_a__in=present, match__user_b__in=present)
    free = ~Exists(Match.objects.open().filter(_pair("user_a", "user_b")))
    new = ~Exists(Connection.objects.filter(_pair("user_low", "user_high")))
    return likes.exclude(apart(LOW, HIGH)).filter(Q(free & new) | Q(_known()))


def _present(now: datetime) -> QuerySet[User]:
    allowed = Consent.objects.live().filter(user=OuterRef("pk"), purpose=Purpose.FACE_MATCHING)
    return User.objects.filter(Exists(allowed), status=UserStatus.ACTIVE).exclude(suspended_until__gt=now)


def _known() -> Exists:
    """Whether the two are connected, and may know who the other is."""
    shown = Disclosure.objects.live().filter(
        viewer=OuterRef("user_low"), subject=OuterRef("user_high"), level=DisclosureLevel.IDENTITY
    )
    return Exists(Connection.objects.standing().filter(Exists(shown), _pair("user_low", "user_high")))


def _pair(low: str, high: str) -> Q:
    return Q(**{low: OuterRef(LOW), high: OuterRef(HIGH)})


def _standing(first: UUID, second: UUID) -> QuerySet[Connection]:
    low, high = sorted((first, second))
    return Connection.objects.standing().filter(user_low=low, user_high=high)


def _connect(like: Reaction, first: UUID, second: UUID, now: datetime) -> Connection:
    """Who are connected already keep what they have, and are told nothing."""
    new = not connections.are_connected(first, second)
    connection = connections.form(first=first, second=second, origin=Origin.FACE, now=now)
    baby = Baby.objects.between(first, second).painted().order_by("-id").first()
    FaceConnection.objects.create(connection=connection, face_match_id=like.match_id, baby=baby)
    Reaction.objects.between(first, second).update(waiting_since=None)
    if new:
        disclosures.grant_mutual(
            first=first,
            second=second,
            level=DisclosureLevel.IDENTITY,
            source=DisclosureSource.CONNECTION,
            source_id=connection.id,
            now=now,
        )
        announcements.tell([first, second], NotificationType.MUTUAL_MATCH, wording.CONNECTED, connection)
    return connection
