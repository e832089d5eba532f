"""What a report about a likeness shows: how alike the two are, and the picture that the reporter was shown."""

from base64 import b64encode
from typing import Any
from uuid import UUID

import structlog

from connect.services import kept_pictures
from faces.models import Face, FaceMatch
from safety.roles import as_service

logger = structlog.get_logger(__name__)

KIND = "face_match"


def other_of(match_id: UUID, by: UUID) -> UUID | None:
    """Whom somebody was found to be like and was told of; also once a block hides it. Needs the service role."""
    match = FaceMatch.objects.of(by).shown().filter(id=match_id).first()
    return match.other(by) if match else None


def collect(match_id: UUID, reporter_id: UUID) -> dict[str, Any] | None:
    """The likeness, and the other's picture in base64."""
    with as_service():
        match = FaceMatch.objects.of(reporter_id).shown().filter(id=match_id).first()
        if match is None:
            return None
        theirs = Face.objects.without_numbers().get(id=match.face_of(match.other(reporter_id)))
    return {"percentile": match.percentile, "verdict": theirs.verdict, "pictures": _shown(theirs)}


def _shown(face: Face) -> list[str]:
    """A picture that cannot be had keeps nobody from reporting."""
    try:
        return [b64encode(b"".join(kept_pictures.content(face))).decode()]
    except Exception:
        logger.exception("evidence_picture_failed", face=str(face.id))
        return []
