"""What people are told of likenesses."""

from typing import Any
from uuid import UUID

from config.errors import NotYours
from faces import wording
from faces.analyzers import analyzer
from faces.models import CelebrityMatch, Face


def lookalikes(face_id: UUID, *, viewer: UUID) -> dict[str, Any]:
    """Whom of the famous a face of the viewer's own is like, the most alike first, and who says so. Raises NotYours."""
    if not Face.objects.filter(id=face_id, user=viewer).exists():
        raise NotYours()
    found = CelebrityMatch.objects.filter(face=face_id).select_related("celebrity")
    return {"analyzer": _reader(), "results": found.order_by("-similarity_score", "id")}


def _reader() -> dict[str, Any]:
    reader = analyzer()
    note = wording.LIKENESS_OF_PERSONS if reader.identity_grade else wording.LIKENESS_OF_PICTURES
    return {"name": reader.name, "identity_grade": reader.identity_grade, "note": str(note)}
