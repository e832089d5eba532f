"""People of discovery, as the product would find them."""

from datetime import datetime
from typing import Any

from django.db import transaction

from connect.models import User
from matching.enums import Server
from matching.models import DiscoveryBatch, DiscoveryCard, Interest
from matching.services import batches, cards, discovery_entries
from tests.factories import HobbyFactory, HobbyOptionFactory, PhotoFactory, SignalFactory, UserFactory

PARTNER, FRIEND, GROWTH = Server.PARTNER, Server.FRIEND, Server.GROWTH
COMMON = ("chess", "tea")
MUNICH = "861f8d44fffffff"
POTSDAM = "861f1880fffffff"


def seeker(*hobbies: str, **fields: Any) -> User:
    """Somebody who met all that discovery asks for; chess and tea are their hobbies unless others are named."""
    user: User = UserFactory(pooled=True, **fields)
    SignalFactory(user=user)
    PhotoFactory.create_batch(3, user=user)
    for code in hobbies or COMMON:
        HobbyFactory(user=user, option=HobbyOptionFactory(code=code))
    return user


def people(number: int, *hobbies: str, **fields: Any) -> list[User]:
    return [seeker(*hobbies, **fields) for _ in range(number)]


def settle(now: datetime) -> None:
    """Entries of everybody as they are now."""
    with transaction.atomic():
        discovery_entries.build(user_ids=list(User.objects.values_list("id", flat=True)), now=now)


def refresh(user: User, now: datetime, server: Server = PARTNER) -> DiscoveryBatch:
    with transaction.atomic():
        return batches.refresh(by=user.id, server=server, now=now)


def fresh(user: User, now: datetime, server: Server = PARTNER) -> list[Any]:
    """Whom new cards show, in their order; everybody's entry is up to date."""
    settle(now)
    return shown(refresh(user, now, server))


def shown(batch: DiscoveryBatch) -> list[Any]:
    return [card.subject_id for card in batch.cards.order_by("position")]


def seen(user: User, now: datetime, server: Server = PARTNER) -> list[Any]:
    """Whom the person's cards show when they look at them."""
    with transaction.atomic():
        return [card.subject_id for card in cards.live(by=user.id, server=server, now=now).cards]


def card_of(owner: User, subject: User) -> DiscoveryCard:
    return DiscoveryCard.objects.get(owner=owner, subject=subject, batch__superseded_at=None)


def express(card: DiscoveryCard, now: datetime) -> Interest:
    with transaction.atomic():
        return cards.answer(card_id=card.id, by=card.owner_id, now=now)[0]


def pass_over(card: DiscoveryCard, now: datetime) -> DiscoveryCard:
    with transaction.atomic():
        return cards.pass_over(card_id=card.id, by=card.owner_id, now=now)
