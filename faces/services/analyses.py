"""What an analyzer finds in a picture, written into the row it belongs to."""

import io
from dataclasses import asdict
from datetime import datetime
from time import perf_counter
from typing import Any

import numpy as np
from django.db import transaction
from PIL import Image

from config import tally
from config.errors import NotYours
from connect.detection import Pixels
from connect.models import StoredPicture
from connect.services import kept_pictures
from faces import analyzers
from faces.engine.analysis import Analysis
from faces.enums import FaceStatus, Verdict
from faces.models import Face
from safety.roles import as_service

SECONDS, COUNT = ("faces", "analysis_seconds"), ("faces", "analyses")


def analyze(face: Face, *, now: datetime) -> bool:
    """Have the analyzer that is chosen look at a face that waits for it; whether there is one to be seen.

    What it finds is written into the row that is given, too. No transaction may be open: it takes a second. Raises
    NotYours when the face is deleted meanwhile, AnalyzerUnavailable, and FileNotFoundError for a file that is gone.
    """
    if face.status == FaceStatus.PENDING:
        chosen = analyzers.analyzer()
        found = columns(read(chosen, face), analyzer=chosen.name, now=now)
        _write(face, found | {"identity_grade": chosen.identity_grade})
    return face.status == FaceStatus.ANALYZED


def read(chosen: analyzers.Analyzer, picture: StoredPicture) -> Analysis | None:
    """What an analyzer finds in a picture of ours. Raises FileNotFoundError where its file is gone."""
    seen, began = pixels(picture), perf_counter()
    found = chosen.analyze(seen)
    tally.add([((*SECONDS, chosen.name), perf_counter() - began), ((*COUNT, chosen.name), 1)])
    return found


def pixels(picture: StoredPicture) -> Pixels:
    """A picture of ours as its pixels. Raises FileNotFoundError where its file is gone."""
    jpeg = b"".join(kept_pictures.content(picture))
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGB"))


def columns(found: Analysis | None, *, analyzer: str, now: datetime) -> dict[str, Any]:
    """An analysis by the columns of `Analyzed`; of no face those alone that say who looked, and when."""
    looked = {"analyzer": analyzer, "analyzed_at": now}
    if found is None:
        return looked
    return looked | {
        "embedding": found.embedding,
        "age": found.age,
        "gender": found.gender or "",
        "quality_score": found.quality,
        "blur_score": found.blur,
        "illumination_score": found.illumination,
        "landmarks_68": None if found.landmarks is None else np.asarray(found.landmarks).round(2).tolist(),
        "pose": None if found.pose is None else asdict(found.pose),
        "geometry_ratios": found.geometry,
        "symmetry_score": found.symmetry,
        "skin_tone_lab": None if found.skin_tone is None else list(found.skin_tone),
        "expression": found.expression or "",
        "expression_confidence": found.expression_confidence,
        "emotion_scores": found.emotions,
    }


def _write(face: Face, found: dict[str, Any]) -> None:
    """Unless somebody else was quicker, or the face is gone: a consent may have been taken back meanwhile."""
    status = FaceStatus.ANALYZED if "embedding" in found else FaceStatus.NO_FACE
    with transaction.atomic(), as_service():
        waiting = Face.objects.filter(id=face.id, status=FaceStatus.PENDING).exclude(verdict=Verdict.REJECTED)
        waiting.update(status=status, **found)
        try:
            face.refresh_from_db()
        except Face.DoesNotExist as gone:
            raise NotYours() from gone
