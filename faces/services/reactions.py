"""What a person makes of their likenesses. The other learns of a like only when they like them too."""

from datetime import datetime
from uuid import UUID

from config.api.pagination import Position
from config.errors import NotYours, WrongState
from connect.enums import Purpose
from faces.enums import ReactionType
from faces.models import FaceConnection, FaceMatch, Reaction
from faces.models.match import FaceMatchQuerySet
from faces.permissions import require_consent
from faces.services import likes
from matching.models import Connection
from safety.roles import as_service
from safety.services.blocks import lock_pair

_NUMBERS = [f"match__{face}__{name}" for face in ("face_a", "face_b") for name in ("embedding", "landmarks_68")]


def react(*, match_id: UUID, by: UUID, kind: ReactionType, now: datetime) -> tuple[Reaction, Connection | None]:
    """Like a likeness, or say that one saw it; twice is once. With it the connection that two likes make, or made.

    Raises NotYours for a likeness that is not shown to them, ConsentMissing (face_matching).
    """
    with as_service():
        other = _other(match_id, by, now)
        require_consent(by, Purpose.FACE_MATCHING)
        if kind == ReactionType.VIEWED:
            return _kept(match_id, by, kind), None
        lock_pair(by, other)
        _other(match_id, by, now)
        return _kept(match_id, by, kind), likes.meet(first=by, second=other, now=now)


def withdraw(*, match_id: UUID, by: UUID, kind: ReactionType, now: datetime) -> None:
    """Take a reaction back; taking back what is not there does nothing.

    Raises NotYours for a likeness that is not shown to them and was never reacted to, WrongState (like_mutual) for a
    like of two who are connected by it: the connection is theirs to end.
    """
    with as_service():
        mine = Reaction.objects.of(by).filter(match=match_id, reaction_type=kind)
        found = mine.select_related("match").first()
        if found is None:
            _other(match_id, by, now)
            return
        other = found.match.other(by)
        lock_pair(by, other)
        if kind == ReactionType.LIKE and _has_connected(found.match):
            raise WrongState("You are connected by this like. End the connection instead.", code="like_mutual")
        mine.delete()
        likes.stop_waiting(first=by, second=other)


def listed(by: UUID, kind: str | None, after: Position | None, most: int, now: datetime) -> list[Reaction]:
    """A person's reactions to likenesses that are shown to them, with these and their faces; newest first."""
    mine = Reaction.objects.of(by).filter(**{"reaction_type": kind} if kind else {})
    rows = mine.filter(id__lt=after[0]) if after else mine
    with as_service():
        seen = rows.filter(match__in=shown(by, now)).select_related("match__face_a", "match__face_b")
        return list(seen.defer(*_NUMBERS).order_by("-id")[:most])


def shown(by: UUID, now: datetime) -> FaceMatchQuerySet:
    """Likenesses that are shown to somebody. Asked as the service."""
    return FaceMatch.objects.of(by).standing(now)


def _other(match_id: UUID, by: UUID, now: datetime) -> UUID:
    """Whose likeness with them it is. Raises NotYours."""
    match = shown(by, now).filter(id=match_id).first()
    if match is None:
        raise NotYours()
    return match.other(by)


def _kept(match_id: UUID, by: UUID, kind: ReactionType) -> Reaction:
    return Reaction.objects.get_or_create(match_id=match_id, user_id=by, reaction_type=kind)[0]


def _has_connected(match: FaceMatch) -> bool:
    pair = Connection.objects.standing().filter(user_low=match.user_a_id, user_high=match.user_b_id)
    return FaceConnection.objects.filter(connection__in=pair).exists()
