"""Two who connected by their faces."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.models import Conversation
from connect.enums import DisclosureLevel, DisclosureSource
from connect.services import disclosures
from matching.enums import Origin
from matching.models import Connection
from matching.services import connections
from tests.matching.suitors import suitor


def liked(first: UUID | None = None, second: UUID | None = None) -> Connection:
    """As two likes connect two people and show them to each other."""
    now = timezone.now()
    with transaction.atomic():
        edge = connections.form(first=first or suitor(), second=second or suitor(), origin=Origin.FACE, now=now)
        disclosures.grant_mutual(
            first=edge.user_low_id,
            second=edge.user_high_id,
            level=DisclosureLevel.IDENTITY,
            source=DisclosureSource.CONNECTION,
            source_id=edge.id,
            now=now,
        )
    return edge


def talk_of(edge: Connection) -> Conversation:
    return Conversation.objects.with_apart().get(connection=edge)
