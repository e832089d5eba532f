"""What a person sees of their cards, and what they do with one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from config.errors import NotYours, WrongState
from config.prepared import Prepared
from matching.enums import CardStatus, InterestStatus, Server
from matching.models import Connection, DiscoveryBatch, DiscoveryCard, Interest, Match
from matching.services import discovery_gate, interests
from safety.models import apart
from safety.roles import as_service
from safety.services.blocks import lock_pair


@dataclass(frozen=True)
class Given:
    """A live batch with those of its cards whose people can still be met."""

    batch: DiscoveryBatch
    cards: list[DiscoveryCard]


def there(server: Server, now: datetime) -> QuerySet[DiscoveryCard]:
    """Cards of live batches that show somebody who can still be met: whoever cannot is gone at once, whatever the
    reason. To be read as the service.
    """
    subject = OuterRef("subject")
    found = discovery_gate.discoverable(now).filter(Exists(discovery_gate.modes_of(server)), pk=subject)
    live = DiscoveryCard.objects.filter(Exists(found), batch__superseded_at=None, batch__server=server)
    connected = Connection.objects.filter(_pair("user_low", "user_high"))
    matched = Match.objects.keeping_apart().filter(_pair("user_a", "user_b"))
    return live.exclude(apart("owner", "subject")).exclude(Exists(connected)).exclude(Exists(matched))


def _pair(first: str, second: str) -> Q:
    """The two people of a card, whichever of them has the smaller id."""
    mine, theirs = OuterRef("owner"), OuterRef("subject")
    return Q(**{first: mine, second: theirs}) | Q(**{first: theirs, second: mine})


def _batch(server: Server) -> Prepared[DiscoveryBatch]:
    return Prepared(lambda user_id: DiscoveryBatch.objects.of(user_id, server).live())


def _cards(server: Server) -> Prepared[DiscoveryCard]:
    return Prepared(lambda batch_id, now: there(server, now).filter(batch=batch_id).order_by("position"))


# Asked whenever somebody looks at a batch.
_BATCH = {server: _batch(server) for server in Server}
_CARDS = {server: _cards(server) for server in Server}


def live(*, by: UUID, server: Server, now: datetime) -> Given:
    """The batch a person has in a server. The same queries whoever is gone from it.

    Raises WrongState (discovery_locked), NotYours (batch_missing) before the first one was asked for.
    """
    with as_service():
        discovery_gate.check(by, server, now)
        batch = _BATCH[server].first(user_id=by)
        if batch is None:
            raise NotYours("Ask for your first cards.", code="batch_missing")
        return Given(batch, _CARDS[server].all(batch_id=batch.id, now=now))


def pass_over(*, card_id: UUID, by: UUID, now: datetime) -> DiscoveryCard:
    """Put a card of a live batch aside, so that its person is not shown again for a while; twice is once.

    Raises NotYours, WrongState (card_decided) for one that the person is interested in and has not taken back.
    """
    with as_service():
        card = _held(card_id, by)
        if card.status == CardStatus.INTERESTED and _standing(card_id, by):
            raise WrongState("You are interested in this card. Take that back first.", code="card_decided")
        return _decide(card, CardStatus.PASSED, now)


def answer(*, card_id: UUID, by: UUID, now: datetime) -> tuple[Interest, Connection | None]:
    """Be interested in whom a card shows; when they are too, the connection that this makes. Saying it twice is once.

    Raises NotYours, WrongState (discovery_locked; card_decided for one that was passed), CapacityReached.
    """
    with as_service():
        shown = DiscoveryCard.objects.filter(id=card_id, owner=by).select_related("batch").first()
        if shown is None:
            raise NotYours()
        lock_pair(by, shown.subject_id)
        interest = _standing(card_id, by) or _express(shown, now)
    return interest, _connection(interest)


def _express(shown: DiscoveryCard, now: datetime) -> Interest:
    by, server = shown.owner_id, Server(shown.batch.server)
    discovery_gate.check(by, server, now)
    card = _present(shown.id, by, now)
    if card.status == CardStatus.PASSED:
        raise WrongState("You passed this card.", code="card_decided")
    interest = interests.express(by=by, receiver=card.subject_id, server=server, now=now, card=card.id)
    _decide(card, CardStatus.INTERESTED, now)
    return interest


def _present(card_id: UUID, by: UUID, now: datetime) -> DiscoveryCard:
    """One's own card, locked, whose person can still be met. Raises NotYours."""
    card = _held(card_id, by)
    if not there(Server(card.batch.server), now).filter(id=card_id).exists():
        raise NotYours()
    return card


def _held(card_id: UUID, by: UUID) -> DiscoveryCard:
    """One's own card of a live batch, locked. Raises NotYours."""
    live = DiscoveryCard.objects.filter(id=card_id, owner=by, batch__superseded_at=None).select_related("batch")
    card = live.select_for_update(of=("self",), no_key=True).first()
    if card is None:
        raise NotYours()
    return card


def _decide(card: DiscoveryCard, status: CardStatus, now: datetime) -> DiscoveryCard:
    if card.status not in {CardStatus.PASSED, status}:
        card.status, card.decided_at = status, now
        card.save(update_fields=["status", "decided_at"])
    return card


def _standing(card_id: UUID, by: UUID) -> Interest | None:
    """What was said on this card already, pending or answered."""
    said = Interest.objects.filter(sender=by, card=card_id, status__in=[InterestStatus.PENDING, InterestStatus.MUTUAL])
    return said.order_by("-id").first()


def _connection(interest: Interest) -> Connection | None:
    """The connection of a mutual interest, whichever of the two looks."""
    if interest.status != InterestStatus.MUTUAL:
        return None
    with as_service():
        both = Connection.objects.of(interest.sender_id).of(interest.receiver_id)
        return both.order_by("-id").first()
