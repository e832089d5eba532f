"""Who reads faces: the embedded classical one, and InsightFace."""

from typing import Protocol, cast

from django.conf import settings

from connect import detection
from connect.detection import Detector, Pixels
from faces.engine.analysis import Analysis


class AnalyzerUnavailable(Exception):
    """The analyzer that was chosen cannot be made here; says what is missing."""


class Analyzer(Detector, Protocol):
    """Reads faces. `name` says which one and in which version: embeddings of two names are never compared."""

    identity_grade: bool
    """Whether it can be believed that two pictures show one person. If not, a person has to look."""
    same_person: float
    """The cosine from which two embeddings are likely of one person."""

    def analyze(self, pixels: Pixels) -> Analysis | None:
        """What the largest face looks like, or None if there is none. Threads may share it."""


def analyzer() -> Analyzer:
    """The one that the setting FACE_ANALYZER names, made once a process. Raises AnalyzerUnavailable."""
    known = settings.FACE_ANALYZERS
    if settings.FACE_ANALYZER not in known:
        message = f"FACE_ANALYZER is one of {', '.join(known)}, not {settings.FACE_ANALYZER!r}."
        raise AnalyzerUnavailable(message)
    return cast(Analyzer, detection.made(known[settings.FACE_ANALYZER]))
