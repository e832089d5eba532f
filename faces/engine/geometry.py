"""Proportions of a face and how it is held, out of few measured points or out of 68."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine.alignment import similarity, warped
from faces.engine.analysis import Eyes, Floats, Pixels, Pose

Shades = NDArray[np.float32]

WIDE = 192
"""The side of the square in which edges are looked for: the face with its chin, and some air around."""
SPACING = 48
"""Pixels from eye to eye in that square."""
MIDDLE, LINE = WIDE // 2, 72
"""Between the eyes, and the row they stand on."""


def roll(eyes: Eyes) -> float:
    """How far the line between the eyes leans, in degrees."""
    (left, upper), (right, lower) = eyes
    return float(np.degrees(np.arctan2(lower - upper, right - left)))


def rough_pose(eyes: Eyes, box: tuple[int, int, int, int]) -> Pose:
    """The pose by where the eyes stand in the box (left, top, width, height) of a face.

    The roll is as exact as the eyes. Yaw and pitch take the head for a ball as wide as the box and its axis for the
    box's middle, which follows the turn halfway: they tell a face turned to one side from one turned to the other, and
    are off by ten degrees and more.
    """
    left, top, width, height = box
    (x, y), (other_x, other_y) = eyes
    aside = ((x + other_x) / 2 - left) / width - 0.5
    above = EYE_LINE - ((y + other_y) / 2 - top) / height
    return Pose(yaw=_turned(aside), pitch=_turned(above), roll=roll(eyes))


EYE_LINE = 0.4
"""Where in the height of the box that the frontal cascade gives the eyes stand."""


def _turned(off: float) -> float:
    return float(np.degrees(np.arcsin(np.clip(2 * off, -1.0, 1.0))))


def rough_ratios(pixels: Pixels, eyes: Eyes) -> dict[str, float]:
    """Proportions by the eyes and by the strongest edges around them: the brows, the mouth, the chin and the cheeks.

    A strong edge may be another one, such as a beard's or a collar's, so that a single figure can be wrong.
    """
    places = np.array([[MIDDLE - SPACING / 2, LINE], [MIDDLE + SPACING / 2, LINE]], dtype=np.float32)
    square = warped(pixels, similarity(np.array(eyes, dtype=np.float32), places), WIDE)
    grey = cv2.GaussianBlur(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), (0, 0), 2.0)
    shades = np.asarray(grey, dtype=np.float32)
    brow = _row(shades, LINE - round(0.62 * SPACING), LINE - round(0.18 * SPACING), SPACING)
    mouth = _row(shades, LINE + round(0.75 * SPACING), LINE + round(1.5 * SPACING), SPACING // 3)
    chin = _row(shades, mouth + round(0.35 * SPACING), mouth + round(1.0 * SPACING), SPACING // 4)
    left, right = _column(shades, -1), _column(shades, 1)
    return _named(width=right - left, brow=brow, line=LINE, mouth=mouth, chin=chin, spacing=SPACING)


def _row(shades: Shades, first: int, last: int, reach: int) -> int:
    """The row with the strongest edges from side to side, within reach of the middle."""
    strength = np.abs(cv2.Sobel(shades, cv2.CV_32F, 0, 1))[first:last, MIDDLE - reach : MIDDLE + reach]
    return first + int(strength.sum(axis=1).argmax())


def _column(shades: Shades, side: int) -> int:
    """Where the face ends on this side, at the height of the cheeks."""
    strength = np.abs(cv2.Sobel(shades, cv2.CV_32F, 1, 0))[LINE + SPACING // 3 : LINE + SPACING]
    columns = MIDDLE + side * np.arange(round(0.75 * SPACING), round(1.6 * SPACING))
    return int(columns[strength.sum(axis=0)[columns].argmax()])


def _named(*, width: float, brow: float, line: float, mouth: float, chin: float, spacing: float) -> dict[str, float]:
    height = max(chin - brow, 1e-6)
    width = max(width, 1e-6)
    return {
        "face_width_height_ratio": round(width / height, 4),
        "eye_spacing": round(spacing / width, 4),
        "brow_to_eye": round((line - brow) / height, 4),
        "eye_to_mouth": round((mouth - line) / height, 4),
        "mouth_to_chin": round((chin - mouth) / height, 4),
    }


def symmetry(even: Floats) -> float:
    """How alike both halves of an aligned, evened face are: their correlation, none for what is contrary."""
    half = even.shape[1] // 2
    left, right = even[:, :half].ravel(), even[:, ::-1][:, :half].ravel()
    if not (left.std() > 0 and right.std() > 0):
        return 0.0
    return max(0.0, round(float(np.corrcoef(left, right)[0, 1]), 4))
