"""Likenesses as one of the two is shown them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from config.api.pagination import Position
from config.errors import NotYours
from faces import wording
from faces.analyzers import Analyzer, analyzer
from faces.enums import ReactionType
from faces.models import CelebrityMatch, Face, FaceMatch, Reaction
from faces.models.match import FaceMatchQuerySet
from faces.services.reactions import shown
from safety.roles import as_service

_UNSHOWN = [f"{face}__{name}" for face in ("face_a", "face_b") for name in ("embedding", "landmarks_68", "file_key")]


def top(viewer: UUID, *, viewed: bool | None, after: Position | None, most: int, now: datetime) -> list[FaceMatch]:
    """Somebody's likenesses that are shown to them, the best first, with both faces; of several between two people the
    best alone. `viewed`: those they saw, or did not; `after`: the id of the last one they have. One query.
    """
    with as_service():
        rows = _as_seen(viewer, now).exclude(Exists(_better())).order_by("-total", "-id")
        if viewed is not None:
            seen = Exists(Reaction.objects.of(viewer).filter(match=OuterRef("pk"), reaction_type=ReactionType.VIEWED))
            rows = rows.filter(seen if viewed else ~seen)
        if after is not None:
            # By its id, not by its total: a cursor is in people's hands, and totals leave in steps.
            total = Subquery(FaceMatch.objects.filter(id=after[0]).values("total"))
            rows = rows.filter(Q(total__lt=total) | Q(total=total, id__lt=after[0]))
        return list(rows[:most])


def likeness(match_id: UUID, *, viewer: UUID, now: datetime) -> FaceMatch:
    """One that is shown to them, also where another between the two is better. Raises NotYours."""
    with as_service():
        found = _as_seen(viewer, now).filter(id=match_id).first()
    if found is None:
        raise NotYours()
    return found


def lookalikes(face_id: UUID, *, viewer: UUID) -> dict[str, Any]:
    """Whom of the famous a face of the viewer's own is like, the most alike first, and who says so: what another
    analyzer than the present one said is not told. Raises NotYours.
    """
    if not Face.objects.filter(id=face_id, user=viewer).exists():
        raise NotYours()
    reader = analyzer()
    found = CelebrityMatch.objects.filter(face=face_id, analyzer=reader.name).select_related("celebrity")
    return {"analyzer": _told(reader), "results": found.order_by("-similarity_score", "id")}


def _told(reader: Analyzer) -> dict[str, Any]:
    note = wording.LIKENESS_OF_PERSONS if reader.identity_grade else wording.LIKENESS_OF_PICTURES
    return {"name": reader.name, "identity_grade": reader.identity_grade, "note": str(note)}


def _as_seen(viewer: UUID, now: datetime) -> FaceMatchQuerySet:
    """Those that are shown to them, with what they made of each and both faces."""
    found = shown(viewer, now).with_reactions(viewer)
    return found.select_related("face_a", "face_b").defer(*_UNSHOWN)


def _better() -> FaceMatchQuerySet:
    pair = FaceMatch.objects.shown().filter(user_a=OuterRef("user_a"), user_b=OuterRef("user_b"))
    return pair.filter(Q(total__gt=OuterRef("total")) | Q(total=OuterRef("total"), id__gt=OuterRef("id")))
