"""Whether a picture shows a face, and how well it can be seen."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import cv2
import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""A picture as rows of columns of red, green and blue."""


@dataclass(frozen=True)
class Box:
    """Where a face is, in pixels from the upper left."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Sighting:
    """What a detector saw: the largest face, or None, and how well it, or else the whole, can be seen, 0 to 1."""

    face: Box | None
    quality: float

    @property
    def has_face(self) -> bool:
        return self.face is not None


class Detector(Protocol):
    """Looks at pictures. `name` says which one and in which version, and is kept with what it saw."""

    name: str

    def look(self, pixels: Pixels) -> Sighting:
        """What is to be seen; safe to call from several threads."""


class ClassicalDetector:
    """The embedded stand-in: a Haar cascade finds frontal faces, and three measures of light say how well they show.

    It is no judge of people. It takes a drawing for a face, misses faces from the side, covered or in poor light, and
    darker skin more often than lighter; it cannot tell who somebody is, nor a person from a photo of one. Quality is
    the least of sharpness (the variance of the Laplacian: Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", 2000), brightness, contrast and size.
    """

    name = "classical-1"

    SIDE = 160  # a face is measured at this size, so that more pixels alone are no better picture
    SHARP = 60.0
    CONTRAST = 30.0
    DARK, DIM, BRIGHT, GLARING = 20.0, 70.0, 190.0, 250.0
    WIDE = 100

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(CASCADES / "haarcascade_frontalface_alt2.xml"))
        self._alone = Lock()  # a cascade keeps what it is at in itself

    def look(self, pixels: Pixels) -> Sighting:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        face = self._largest(cv2.equalizeHist(grey))
        return Sighting(face, self._quality(grey, face or Box(0, 0, *grey.shape[::-1])))

    def _largest(self, grey: Any) -> Box | None:
        least = max(48, min(grey.shape) // 10)
        with self._alone:
            found = self._cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(least, least))
        boxes = [Box(*map(int, box)) for box in found]
        return max(boxes, key=lambda box: box.width, default=None)

    def _quality(self, grey: Any, box: Box) -> float:
        part = grey[box.top : box.top + box.height, box.left : box.left + box.width]
        part = cv2.resize(part, (self.SIDE, self.SIDE), interpolation=cv2.INTER_AREA)
        light = float(part.mean())
        marks = (
            cv2.Laplacian(part, cv2.CV_64F).var() / self.SHARP,
            (light - self.DARK) / (self.DIM - self.DARK),
            (self.GLARING - light) / (self.GLARING - self.BRIGHT),
            part.std() / self.CONTRAST,
            box.width / self.WIDE,
        )
        return round(float(np.clip(min(marks), 0.0, 1.0)), 3)


CASCADES = Path(cv2.__file__).parent / "data"


def detector() -> Detector:
    """The one that the setting FACE_DETECTOR names."""
    return _made(settings.FACE_DETECTOR)


@cache
def _made(path: str) -> Detector:
    found: Detector = import_string(path)()
    return found
