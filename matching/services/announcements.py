"""Telling people of new proposals."""

from collections.abc import Sequence
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise

from connect.enums import NotificationType, RelatedType
from connect.queries import languages
from connect.realtime import publish_each
from connect.services import notifications
from connect.services.notifications import Note
from matching import wording
from matching.models import Connection, Match


def announce(matches: Sequence[Match]) -> None:
    """Tell both people of each new proposal, each in their own language; never who the other is. Needs the service
    role.
    """
    _notify(matches, NotificationType.MATCH_PROPOSED, wording.PROPOSED)
    publish_each(
        (user_id, "match.proposed", {"match_id": str(match.id)}) for match in matches for user_id in _both(match)
    )


def announce_accepted(match: Match) -> None:
    """Tell both people that both said yes. Needs the service role."""
    _notify([match], NotificationType.MATCH_ACCEPTED, wording.BOTH_ACCEPTED)


def announce_connected(connection: Connection) -> None:
    """Tell two people of discovery that they are connected; never who the other is. Needs the service role."""
    both = (connection.user_low_id, connection.user_high_id)
    reads = languages(both)
    notifications.send(
        Note(
            user_id,
            NotificationType.MUTUAL_MATCH,
            *_said(wording.CONNECTED, reads[user_id]),
            connection.id,
            RelatedType.CONNECTION,
        )
        for user_id in both
    )


def _notify(matches: Sequence[Match], kind: NotificationType, words: tuple[Promise, Promise]) -> None:
    reads = languages({user_id for match in matches for user_id in _both(match)})
    said = {language: _said(words, language) for language in set(reads.values())}
    notifications.send(
        Note(user_id, kind, *said[reads[user_id]], match.id, RelatedType.MATCH)
        for match in matches
        for user_id in _both(match)
    )


def _both(match: Match) -> tuple[UUID, UUID]:
    return match.user_a_id, match.user_b_id


def _said(words: tuple[Promise, Promise], language: str) -> tuple[str, str]:
    title, message = words
    with translation.override(language):
        return str(title), str(message)
