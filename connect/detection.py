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


@dataclass(frozen=True)
class Visibility:
    """How well a part of a picture can be seen, each from 0 to 1."""

    sharpness: float
    """The variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000)."""
    brightness: float
    contrast: float
    size: float

    @property
    def illumination(self) -> float:
        return min(self.brightness, self.contrast)

    @property
    def quality(self) -> float:
        """The least of them: one that is missing is not made up for by the others."""
        return min(self.sharpness, self.illumination, self.size)


SIDE = 160  # a face is measured at this size, so that more pixels alone are no better picture
SHARP = 60.0
CONTRAST = 30.0
DARK, DIM, BRIGHT, GLARING = 20.0, 70.0, 190.0, 250.0
WIDE = 100


def visibility(grey: Any, box: Box) -> Visibility:
    """How well what is in the box can be seen; it has to lie within the picture."""
    part = grey[box.top : box.top + box.height, box.left : box.left + box.width]
    part = cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    light = float(part.mean())
    return Visibility(
        sharpness=_share(cv2.Laplacian(part, cv2.CV_64F).var() / SHARP),
        brightness=_share(min((light - DARK) / (DIM - DARK), (GLARING - light) / (GLARING - BRIGHT))),
        contrast=_share(part.std() / CONTRAST),
        size=_share(box.width / WIDE),
    )


def _share(value: float) -> float:
    return round(float(np.clip(value, 0.0, 1.0)), 3)


class Cascade:
    """One of the trained cascades that OpenCV ships (Viola and Jones, 2001). Threads may share it."""

    def __init__(self, name: str) -> None:
        self._cascade = cv2.CascadeClassifier(str(CASCADES / f"haarcascade_{name}.xml"))
        self._alone = Lock()  # a cascade keeps what it is at in itself

    def find(self, grey: Any, *, least: int) -> list[Box]:
        """Where it sees what it was trained on, none narrower than `least` pixels."""
        with self._alone:
            found = self._cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(least, least))
        return [Box(*map(int, box)) for box in found]


class ClassicalDetector:
    """The embedded stand-in: a Haar cascade finds frontal faces, and measures of light say how well they show.

    It is no judge of people. It takes a drawing for a face, misses faces from the side, covered or in poor light, and
    darker skin more often than lighter; it cannot tell who somebody is, nor a person from a photo of one.
    """

    name = "classical-1"

    def __init__(self) -> None:
        self._faces = Cascade("frontalface_alt2")

    def look(self, pixels: Pixels) -> Sighting:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        face = self.largest(grey)
        return Sighting(face, visibility(grey, face or Box(0, 0, *grey.shape[::-1])).quality)

    def largest(self, grey: Any) -> Box | None:
        """The largest face. It has to take a tenth of the picture's shorter side."""
        scale = min(1.0, LOOKED_AT / min(grey.shape))
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = self._faces.find(cv2.equalizeHist(small), least=max(LEAST, min(small.shape) // 10))
        found = max(boxes, key=lambda box: box.width, default=None)
        return found and _enlarged(found, 1 / scale, grey.shape)


LEAST = 48  # a face in fewer pixels shows nobody
LOOKED_AT = 480  # the shorter side at which a face of a tenth of it still has LEAST; more would only take longer


def _enlarged(box: Box, scale: float, shape: tuple[int, ...]) -> Box:
    left, top, width, height = (round(scale * edge) for edge in (box.left, box.top, box.width, box.height))
    return Box(left, top, min(width, shape[1] - left), min(height, shape[0] - top))


CASCADES = Path(cv2.__file__).parent / "data"


def detector() -> Detector:
    """The one that the setting FACE_DETECTOR names."""
    return made(settings.FACE_DETECTOR)


def made(path: str) -> Detector:
    """The detector of this class, made once a process, however many threads ask for it first."""
    with _making:
        return _made(path)


@cache
def _made(path: str) -> Detector:
    found: Detector = import_string(path)()
    return found


_making = Lock()
