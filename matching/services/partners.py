"""What one of two connected people may learn about the other."""

from datetime import datetime
from uuid import UUID

from config.errors import NotYours
from connect.enums import DisclosureLevel
from connect.queries import card
from connect.services import personality
from matching.models import Connection


def personality_summary(*, connection_id: UUID, by: UUID, language: str, now: datetime) -> str:
    """A few sentences about the partner, written now and kept nowhere.

    Raises NotYours unless the connection stands, the partner's identity is disclosed, they consent to it, and they
    answered enough: the reader is not told which of these it is.
    """
    connection = Connection.objects.of(by).standing().filter(id=connection_id).first()
    if connection is None:
        raise NotYours()
    partner = connection.other(by)
    seen = card(by, [partner], today=now.date()).get(partner)
    summary = personality.summary_of(user_id=partner, language=language)
    if seen is None or seen.level != DisclosureLevel.IDENTITY or not summary:
        raise NotYours()
    return summary
