"""What is read off a face: the same fields whoever read them, None where an analyzer cannot tell."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]
"""A picture as rows of columns of red, green and blue."""

DIMENSIONS = 512
EMOTIONS = ("happy", "neutral", "sad", "angry", "surprise", "fear", "disgust")


@dataclass(frozen=True)
class Pose:
    """How a head is held, in degrees, as who looks at the picture sees it."""

    yaw: float
    """Positive: turned towards the right edge of the picture."""
    pitch: float
    """Positive: looking up."""
    roll: float
    """Positive: leaning clockwise, the eye on the right lower."""


class Lab(NamedTuple):
    """A colour in CIELAB: lightness from 0 to 100, green to red, blue to yellow."""

    lightness: float
    a: float
    b: float


Eyes = tuple[tuple[float, float], tuple[float, float]]
"""The middles of the eyes in pixels from the upper left: first the one on the left of the picture."""


@dataclass(frozen=True)
class Analysis:
    """What an analyzer says of the largest face of a picture. Scores and confidences run from 0 to 1."""

    embedding: Floats
    """512 numbers of unit length; only the cosine between two of the same analyzer means anything."""
    quality: float
    """How well the face can be seen: the least of sharpness, light and size."""
    blur: float
    """The sharpness, as the name in the specification has it: 1 is sharp."""
    illumination: float
    geometry: dict[str, float]
    """Proportions by name: ratios of lengths within the face."""
    age: int | None = None
    gender: Literal["female", "male"] | None = None
    landmarks: Floats | None = None
    """68 points of the usual markup (iBUG 300-W), a row each: x and y in pixels."""
    pose: Pose | None = None
    symmetry: float | None = None
    skin_tone: Lab | None = None
    expression: str | None = None
    """One of EMOTIONS, the likeliest."""
    expression_confidence: float | None = None
    emotions: dict[str, float] | None = None
    """How likely each of EMOTIONS is; together they are 1."""
    eyes: Eyes | None = None
