"""Telling people of new proposals."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from django.utils import translation
from django.utils.functional import Promise

from connect.enums import NotificationType, RelatedType
from connect.queries import languages
from connect.realtime import publish_each
from connect.services import notifications
from connect.services.notifications import Note
from matching import wording
from matching.models import Connection

Words = tuple[Promise, Promise]
"""Title and message."""


class Pair(Protocol):
    """A match, as far as it is announced."""

    @property
    def id(self) -> UUID: ...
    @property
    def user_a_id(self) -> UUID: ...
    @property
    def user_b_id(self) -> UUID: ...


def announce(matches: Sequence[Pair]) -> None:
    """Tell both people of each new proposal, each in their own language; never who the other is. Needs the service
    role.
    """
    _notify(matches, NotificationType.MATCH_PROPOSED, wording.PROPOSED)
    publish_each(
        (user_id, "match.proposed", {"match_id": str(match.id)}) for match in matches for user_id in _both(match)
    )


def announce_accepted(match: Pair) -> None:
    """Tell both people that both said yes. Needs the service role."""
    _notify([match], NotificationType.MATCH_ACCEPTED, wording.BOTH_ACCEPTED)


def announce_connected(connection: Connection) -> None:
    """Tell two people of discovery that they are connected; never who the other is. Needs the service role."""
    _tell([(connection, _people(connection))], NotificationType.MUTUAL_MATCH, wording.CONNECTED)


def announce_scheduled(connection: Connection, *, to: UUID) -> None:
    """Tell one of the two that the other proposes a time to talk. Needs the service role."""
    _tell([(connection, (to,))], NotificationType.CHAT_SCHEDULED, wording.SCHEDULED)


def announce_soon(edges: Sequence[Connection]) -> None:
    """Remind both people of each that the time to talk is near. Needs the service role."""
    _tell([(edge, _people(edge)) for edge in edges], NotificationType.CHAT_SOON, wording.SOON)


def announce_quiet(edges: Sequence[Connection]) -> None:
    """Tell both people of each that nothing has been said for long. Needs the service role."""
    _tell([(edge, _people(edge)) for edge in edges], NotificationType.CONNECTION_QUIET, wording.QUIET)


def _tell(told: Sequence[tuple[Connection, Sequence[UUID]]], kind: NotificationType, words: Words) -> None:
    reads = languages({user_id for _, people in told for user_id in people})
    said = {language: _said(words, language) for language in set(reads.values())}
    notifications.send(
        Note(user_id, kind, *said[reads[user_id]], connection.id, RelatedType.CONNECTION)
        for connection, people in told
        for user_id in people
    )


def _notify(matches: Sequence[Pair], kind: NotificationType, words: Words) -> None:
    reads = languages({user_id for match in matches for user_id in _both(match)})
    said = {language: _said(words, language) for language in set(reads.values())}
    notifications.send(
        Note(user_id, kind, *said[reads[user_id]], match.id, RelatedType.MATCH)
        for match in matches
        for user_id in _both(match)
    )


def _people(connection: Connection) -> tuple[UUID, UUID]:
    return connection.user_low_id, connection.user_high_id


def _both(match: Pair) -> tuple[UUID, UUID]:
    return match.user_a_id, match.user_b_id


def _said(words: Words, language: str) -> tuple[str, str]:
    title, message = words
    with translation.override(language):
        return str(title), str(message)
