"""Somebody with everything, and everybody who may or may not see it: the scene of fault 7."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from chat.models import Conversation, Message, Reveal
from chat.services import messages, reveals
from connect import tokens
from connect.enums import Purpose, UserStatus
from connect.models import Consent, DeviceSession, Notification, Profile, User
from matching.enums import MatchStatus, Pathway
from matching.models import Connection, Match
from safety.enums import BlockSource
from safety.schema.inspect import security_of
from safety.services import blocks
from tests.conftest import Client
from tests.faces.likers import alike
from tests.factories import ConversationFactory, DeviceSessionFactory, MatchFactory, UserFactory
from tests.safety.rows import fill, our_models

SAID = "the heron sleeps by the northern pier"
PLANTED = {
    "name": "Ottilie Sentinelle",
    "nickname": "Sentinelfox",
    "school": "Sentinel Conservatory",
    "bio": "Keeper of the sentinel lighthouse",
}
PLANTED_ACCOUNT = {"email": "sentinel.owner@maitribe.example", "phone": "+4915100099999"}
RARE = 8
"""Characters from which a stored text is somebody's own and not a word of the product."""


@dataclass
class World:
    """The owner, whose data is searched for, and one person for each way of being somebody else.

    partner: the other side of the owner's anonymous conversation. friend: they revealed themselves to each other, and
    their faces are alike. blocked: they had, and the owner blocked them. session: a live pairing that ended.
    moderator: staff with every right, over the API.
    """

    owner: User
    partner: User
    friend: User
    blocked: User
    stranger: User
    moderator: User
    conversation: Conversation
    offer: Reveal
    said: Message
    session: Match
    rows: dict[type[models.Model], models.Model]

    @property
    def match(self) -> Match:
        return Match.objects.get(conversation=self.conversation)

    @property
    def connection(self) -> Connection:
        return Connection.objects.of(self.owner.id).of(self.friend.id).get()

    def own(self, model: type[models.Model]) -> UUID:
        """The id of the owner's row in a table, made by `tests.safety.rows.fill`."""
        if model not in self.rows:
            raise AssertionError(f"tests/safety/rows.py makes no row in {model._meta.label}: add one to `fill`")
        return self.rows[model].pk

    @cached_property
    def identity(self) -> set[str]:
        """What only somebody the owner revealed themselves to may read."""
        account = {str(self.owner.id), *PLANTED_ACCOUNT.values()}
        sessions = {str(self.own(DeviceSession)), str(self.own(Notification))}
        return account | sessions | set(PLANTED.values())

    @cached_property
    def secrets(self) -> set[str]:
        """Besides, every id and every rare text of the owner's rows: nothing for anybody who takes no part in them."""
        rows = [row for model, row in self.rows.items() if not _is_common(model)]
        kept = {str(row.pk) for row in rows} | {str(self.conversation.id), str(self.said.id), SAID}
        return self.identity | kept | {text for row in rows for text in _rare_texts(row)}


def _is_common(model: type[models.Model]) -> bool:
    """The same for everybody, and nobody's."""
    security = security_of(model)
    return security is not None and security.given.get("select") == "true"


def make_world() -> World:
    owner, friend, blocked = _member(**PLANTED_ACCOUNT), _member(), _member()
    Profile.objects.filter(user=owner).delete()
    # Filled together with somebody else, so that every table has a row that is nobody's here but the owner's.
    rows = fill(owner, _member())
    Profile.objects.filter(user=owner).update(**PLANTED)
    for person, purpose in (
        (owner, Purpose.PERSONALITY),
        (owner, Purpose.FACE_MATCHING),
        (friend, Purpose.FACE_MATCHING),
    ):
        Consent.objects.create(user=person, purpose=purpose, version="v1", granted_at=timezone.now())
    for other in (friend, blocked):
        _reveal(owner, other)
    alike(owner, friend, timezone.now())
    blocks.block(by=owner.id, other=blocked.id, source=BlockSource.MANUAL, now=timezone.now())
    partner = _member()
    conversation, said, offer = _talk(owner, partner)
    return World(
        owner=owner,
        partner=partner,
        friend=friend,
        blocked=blocked,
        stranger=_member(),
        moderator=_member(staff=True),
        conversation=conversation,
        offer=offer,
        said=said,
        session=_paired(owner, _member()),
        rows=rows,
    )


def _paired(first: User, second: User) -> Match:
    """A pairing of the queue that is over."""
    match: Match = MatchFactory(first=first, second=second, pathway=Pathway.LIVE, status=MatchStatus.ACCEPTED_BOTH)
    Match.objects.filter(id=match.id).update(status=MatchStatus.CLOSED, ended_at=timezone.now())
    return match


def _member(**fields: Any) -> User:
    """Somebody with a profile."""
    user: User = UserFactory(person=True, **fields)
    return user


def _talk(owner: User, partner: User) -> tuple[Conversation, Message, Reveal]:
    """The owner spoke and offered to reveal; the partner has answered neither."""
    now = timezone.now()
    conversation = ConversationFactory.blind(owner, partner)
    said = messages.send(conversation_id=conversation.id, by=owner.id, client_id="said", text=SAID, now=now)
    offer = reveals.request(conversation_id=conversation.id, by=owner.id, now=now)
    return conversation, said, offer


def _reveal(owner: User, other: User) -> None:
    now = timezone.now()
    conversation = ConversationFactory.blind(owner, other)
    offer = reveals.request(conversation_id=conversation.id, by=owner.id, now=now)
    reveals.accept(reveal_id=offer.id, by=other.id, now=now)


def _rare_texts(row: models.Model) -> set[str]:
    fields = [f for f in row._meta.concrete_fields if isinstance(f, (models.CharField, models.TextField))]
    values = {getattr(row, f.attname) for f in fields if not f.choices and f.name != "analyzer"}  # the same for all
    return {value for value in values if value and len(value) >= RARE and any(c in value for c in " @-")}


# How an account comes to each standing but "active": what its row holds, step by step.
STANDINGS: dict[str, list[dict[str, Any]]] = {
    "restricted": [{"status": UserStatus.RESTRICTED}],
    "suspended": [{"suspended_until": datetime.max.replace(tzinfo=UTC)}],
    "deletion_pending": [{"status": UserStatus.DELETION_PENDING}],
    "deleted": [{"status": UserStatus.DELETION_PENDING}, {"status": UserStatus.DELETED}],
}


def put_into(standing: str, user: User) -> None:
    for step in STANDINGS[standing]:
        User.objects.filter(id=user.id).update(**step)


def sign_in(user: User | None) -> Client:
    """A client on a device of its own, under the web's powerless login; None is nobody."""
    client = Client(raise_request_exception=False)
    if user:
        session = DeviceSessionFactory(user=user)
        token = tokens.access_token(user_id=user.id, session_id=session.id, now=timezone.now())
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def rows_about(user: User) -> dict[tuple[str, Any], Any]:
    """Every stored row that names a person, as it stands."""
    found = {}
    for model in our_models():
        for row in model.objects.filter(_names(model, user)).values():
            found[model._meta.db_table, row["id"]] = row
    return found


def _names(model: type[models.Model], user: User) -> models.Q:
    people = [f.attname for f in model._meta.concrete_fields if f.is_relation and f.related_model is User]
    own = models.Q(pk=user.pk) if model is User else models.Q(pk__in=[])
    return own | models.Q(*((name, user.pk) for name in people), _connector=models.Q.OR) if people else own


Subject = Callable[[World], Any]
