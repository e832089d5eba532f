"""A person's connections, with where they talk and what they may see of each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from chat.enums import State
from chat.models import Conversation
from connect.queries import Card, card
from matching.models import Connection
from safety.models import apart
from safety.roles import as_service


@dataclass(frozen=True)
class Line:
    """A connection as one of its two people may know it: by a pseudonym as long as there is no card."""

    id: UUID
    origin: str
    server: str
    status: str
    created_at: datetime
    conversation_id: UUID | None
    locked: bool
    pseudonym: str | None
    partner: Card | None


def standing(user_id: UUID) -> QuerySet[Connection]:
    """The connections a person has; a block ends one at once. To be read as the service."""
    return Connection.objects.of(user_id).standing().filter(~apart("user_low", "user_high"))


def lines(viewer: UUID, edges: Sequence[Connection], *, today: date) -> list[Line]:
    """The connections of a page as the viewer may know them, in as many queries however many they are."""
    talks = _talks(edges)
    cards = card(viewer, [edge.other(viewer) for edge in edges], today=today)
    return [_line(edge, viewer, talks.get(edge.id), cards.get(edge.other(viewer))) for edge in edges]


def _talks(edges: Sequence[Connection]) -> dict[UUID, Conversation]:
    """By connection the conversation in which its two people talk, or will."""
    with as_service():
        running = Conversation.objects.open().filter(connection__in=[edge.id for edge in edges])
        return {talk.connection_id: talk for talk in running.order_by("id") if talk.connection_id}


def _line(edge: Connection, viewer: UUID, talk: Conversation | None, partner: Card | None) -> Line:
    return Line(
        id=edge.id,
        origin=edge.origin,
        server=edge.server,
        status=edge.status,
        created_at=edge.created_at,
        conversation_id=talk.id if talk else None,
        locked=talk is not None and talk.state == State.LOCKED,
        pseudonym=talk.pseudonym_of(edge.other(viewer)) if talk else None,
        partner=partner,
    )
