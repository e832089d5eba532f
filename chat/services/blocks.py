"""Blocking the other side of a conversation or a match, or somebody one knows."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from chat import acquaintances
from chat.models import Conversation
from chat.services.reports import UNNAMED
from config.errors import NotYours
from connect.models import Disclosure
from connect.queries import card
from matching.models import Connection, Match
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import as_service
from safety.services import blocks


def block_in_conversation(*, conversation_id: UUID, by: UUID, now: datetime) -> tuple[Block, bool]:
    """Block the other side of a conversation, whatever its state; they stay listed by their pseudonym.

    The block, and whether it is new. Raises NotYours.
    """
    with as_service():
        conversation = Conversation.objects.of(by).filter(id=conversation_id).first()
    if conversation is None:
        raise NotYours()
    other = conversation.other(by)
    return _block(by, other, conversation.pseudonym_of(other), now)


def block_in_match(*, match_id: UUID, by: UUID, now: datetime) -> tuple[Block, bool]:
    """Block the other side of a match of whatever kind, also one that nobody has answered. Raises NotYours."""
    with as_service():
        match = Match.objects.of(by).filter(id=match_id).first()
        conversation = Conversation.objects.filter(match=match_id).first()
        _, other = ("match", match.other(by)) if match else acquaintances.known(match_id, by) or ("", None)
    if other is None:
        raise NotYours()
    return _block(by, other, conversation.pseudonym_of(other) if conversation else UNNAMED, now)


def block_person(*, user_id: UUID, by: UUID, now: datetime) -> tuple[Block, bool]:
    """Block somebody whom one sees or saw once. To anybody else a person does not exist: raises NotYours."""
    shown = card(by, [user_id], today=now.date()).get(user_id)
    if not _ever_knew(by, user_id):
        raise NotYours()
    alias = shown.nickname or shown.name if shown else None
    return _block(by, user_id, alias or blocks.FORMER_ALIAS, now)


def _ever_knew(viewer: UUID, user_id: UUID) -> bool:
    """Whether they were disclosed or connected, be it over; a block ends both, and may be asked for again."""
    connected = Q(user_low=viewer, user_high=user_id) | Q(user_low=user_id, user_high=viewer)
    with as_service():
        disclosed = Disclosure.objects.filter(viewer=viewer, subject=user_id).exists()
        return Connection.objects.filter(connected).exists() or disclosed


def _block(by: UUID, other: UUID, alias: str, now: datetime) -> tuple[Block, bool]:
    alias = alias[: Block._meta.get_field("alias").max_length]
    return blocks.get_or_block(by=by, other=other, source=BlockSource.MANUAL, now=now, alias=alias)
