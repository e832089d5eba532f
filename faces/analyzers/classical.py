"""The embedded analyzer: classical computer vision, which knows no persons."""

from typing import Any

import cv2

from connect.detection import Box, Cascade, ClassicalDetector, Pixels, visibility
from faces.engine import alignment, geometry, skin, texture
from faces.engine.analysis import Analysis, Eyes


class Classical(ClassicalDetector):
    """Finds faces as ClassicalDetector does, aligns them by their eyes and describes their texture.

    Not identity-grade: the embedding says how alike two aligned pictures look, hair line, light and expression
    included. Of drawings, 90 % of pairs of one person lie above `same_person` and of 496 pairs of two people none; on
    photographs of people it was never measured and does worse. It is unfair as well: the cascades miss darker skin,
    covered heads and eyes behind glasses more often than others. docs/faces.md has the figures.

    Age, gender, expression and landmarks it cannot tell, and leaves out.
    """

    name = "classical-1"
    identity_grade = False
    same_person = 0.85

    def __init__(self) -> None:
        super().__init__()
        self._eyes = Cascade("eye")

    def analyze(self, pixels: Pixels) -> Analysis | None:
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        box = self.largest(grey)
        if box is None:
            return None
        eyes = self._both_eyes(grey, box)
        return _without_eyes(pixels, grey, box) if eyes is None else _with_eyes(pixels, grey, box, eyes)

    def _both_eyes(self, grey: Any, box: Box) -> Eyes | None:
        """The middles of both, each looked for in its half; None unless both are there, and level enough."""
        face = cv2.resize(grey[box.top :, box.left :][: box.height, : box.width], (FACE, FACE))
        left, right = self._eye(face, 0), self._eye(face, FACE - HALF)
        if left is None or right is None:
            return None
        share = box.width / FACE
        found = tuple((box.left + x * share, box.top + y * share) for x, y in (left, right))
        eyes: Eyes = (found[0], found[1])
        spacing = (eyes[1][0] - eyes[0][0]) / box.width
        return eyes if 0.25 < spacing < 0.6 and abs(geometry.roll(eyes)) < STEEP else None

    def _eye(self, face: Any, start: int) -> tuple[float, float] | None:
        part = face[BROW:CHEEK, start : start + HALF]
        eye = max(self._eyes.find(part, least=SMALL), key=lambda box: box.width, default=None)
        if eye is None:
            return None
        return start + eye.left + eye.width / 2, BROW + eye.top + eye.height / 2


FACE = 200  # the side at which eyes are looked for, and in it the rows and columns where they may be
BROW, CHEEK, HALF, SMALL = 30, 120, 110, 26
STEEP = 25.0
TYPICAL = ((0.3, geometry.EYE_LINE), (0.7, geometry.EYE_LINE))
BLIND = 0.3
"""The most that the quality of a face is in which no eyes were found: where they would be is a guess."""


def _with_eyes(pixels: Pixels, grey: Any, box: Box, eyes: Eyes) -> Analysis:
    crop = alignment.by_eyes(pixels, eyes, texture.SIDE)
    seen = visibility(grey, box)
    return Analysis(
        embedding=texture.embedding(crop),
        quality=seen.quality,
        blur=seen.sharpness,
        illumination=seen.illumination,
        geometry=geometry.rough_ratios(pixels, eyes),
        pose=geometry.rough_pose(eyes, (box.left, box.top, box.width, box.height)),
        symmetry=geometry.symmetry(texture.evened(crop)),
        skin_tone=skin.tone(crop, PATCHES),
        eyes=eyes,
    )


def _without_eyes(pixels: Pixels, grey: Any, box: Box) -> Analysis:
    """By where eyes mostly are. What needs to know where they are is left out."""
    left, right = ((box.left + x * box.width, box.top + y * box.height) for x, y in TYPICAL)
    crop, seen = alignment.by_eyes(pixels, (left, right), texture.SIDE), visibility(grey, box)
    return Analysis(
        embedding=texture.embedding(crop),
        quality=min(seen.quality, BLIND),
        blur=seen.sharpness,
        illumination=seen.illumination,
        geometry={},
        skin_tone=skin.tone(crop, PATCHES),
    )


PATCHES = skin.patches(texture.SIDE)
