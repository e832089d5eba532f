"""Telling people of new proposals."""

from connect.enums import NotificationType, RelatedType
from connect.realtime import publish
from connect.services import notifications
from connect.services.notifications import Note
from matching.models import Match


def announce(matches: list[Match]) -> None:
    """Tell both people of each new proposal; never who the other is."""
    notes = [
        Note(
            user_id,
            NotificationType.MATCH_PROPOSED,
            "Somebody new for you",
            "See what speaks for the two of you, and decide.",
            related_id=match.id,
            related_type=RelatedType.MATCH,
        )
        for match in matches
        for user_id in (match.user_a_id, match.user_b_id)
    ]
    notifications.send(notes)
    for match in matches:
        publish([match.user_a_id, match.user_b_id], "match.proposed", {"match_id": str(match.id)})
