"""One face out of two, with a child's proportions; the result is a blend of two pictures and predicts nothing.

Both faces are laid over one another by their eyes, by all of their features where 68 landmarks are known of both, and
mixed half and half. Then what tells a child's face from an adult's is hinted at: larger eyes, a higher forehead, a
shorter chin, smoother skin.

Landmarks are warped triangle by triangle, over a Delaunay triangulation of their mean shape (Wolberg, "Image morphing:
a survey", The Visual Computer 14, 1998). Proportions: Enlow & Hans, "Essentials of Facial Growth", 1996.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float32]

SIDE = 512
"""Pixels of the result, across and down."""
EYES = np.array([[0.345, 0.45], [0.655, 0.45]], np.float32) * SIDE
"""Where the eyes of the result are, before they grow."""
LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)
"""Of 68 landmarks, as they stand in the picture."""
LARGER, AROUND = 0.16, 0.13 * SIDE
"""By how much the eyes grow, and how far around them."""
SHORTER = 0.22
"""By how much what lies below the eyes is drawn together."""
SMOOTH = 30.0
_MIDDLE = SIDE / 2
_FRAME = np.array([(x, y) for x in (0, _MIDDLE, SIDE - 1) for y in (0, _MIDDLE, SIDE - 1)], np.float32)
FRAME = _FRAME[(_FRAME != _MIDDLE).any(axis=1)]
"""Corners and middles of the edges: what lies outside of the face moves little."""


@dataclass(frozen=True)
class Head:
    """A picture of a face: pixels as rows of columns of red, green and blue; in pixels from the upper left its two
    eyes, the left of the picture first, and 68 landmarks where they are known.
    """

    pixels: Pixels
    eyes: Points
    landmarks: Points | None = None


def eyes_of(landmarks: Points) -> Points:
    """The middles of the two eyes out of 68 landmarks."""
    return np.stack([landmarks[LEFT_EYE].mean(axis=0), landmarks[RIGHT_EYE].mean(axis=0)]).astype(np.float32)


def eyes_in(left: float, top: float, width: float, height: float) -> Points:
    """Where eyes are in most boxes that a detector draws around a face."""
    return np.array(
        [[left + 0.31 * width, top + 0.39 * height], [left + 0.69 * width, top + 0.39 * height]], np.float32
    )


def child(first: Head, second: Head) -> Pixels:
    """A square picture of SIDE pixels, the same whichever of the two comes first."""
    mixed = _softened(_mixed(_aligned(first), _aligned(second)))
    return _grown(mixed)


def _aligned(head: Head) -> Head:
    """Turned, scaled and moved so that the eyes are at EYES."""
    turn = _similarity(head.eyes, EYES)
    pixels = cv2.warpAffine(head.pixels, turn, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT_101)
    moved = None if head.landmarks is None else cv2.transform(head.landmarks[None].astype(np.float32), turn)[0]
    return Head(pixels.astype(np.uint8), EYES, moved)


def _similarity(have: Points, want: Points) -> NDArray[np.float64]:
    """The turn, scale and shift, 2 by 3, that bring two points to two others; complex numbers say it shortest."""
    (a, b), (c, d) = ((complex(*start), complex(*end)) for start, end in (have.tolist(), want.tolist()))
    turn = (d - c) / (b - a) if abs(b - a) > 1 else 1 + 0j
    shift = c - turn * a
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def _mixed(first: Head, second: Head) -> Pixels:
    if first.landmarks is None or second.landmarks is None:
        return _half(first.pixels, second.pixels)
    shape = ((first.landmarks + second.landmarks) / 2).astype(np.float32)
    return _half(_warped(first.pixels, first.landmarks, shape), _warped(second.pixels, second.landmarks, shape))


def _half(first: Pixels, second: Pixels) -> Pixels:
    return ((first.astype(np.uint16) + second) // 2).astype(np.uint8)


def _warped(pixels: Pixels, have: Points, want: Points) -> Pixels:
    """The picture with these points at those, and between them in proportion.

    Of every pixel of the result it is said where it comes from, so that one look-up draws them all.
    """
    have, want = np.vstack([_inside(have), FRAME]), np.vstack([_inside(want), FRAME])
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    source = np.dstack([columns, rows])
    for corners in _triangles(want):
        move = cv2.getAffineTransform(want[corners], have[corners])
        mask = np.zeros((SIDE, SIDE), np.uint8)
        cv2.fillConvexPoly(mask, np.round(want[corners]).astype(np.int32), 1)
        inside = mask.astype(bool)
        points = np.stack([columns[inside], rows[inside], np.ones(inside.sum(), np.float32)])
        source[inside] = (move @ points).T
    return _looked_up(pixels, source[..., 0], source[..., 1])


def _inside(points: Points) -> Points:
    return points.clip(1, SIDE - 2).astype(np.float32)


def _triangles(points: Points) -> list[list[int]]:
    """Delaunay, as indices of three points each."""
    plane = cv2.Subdiv2D((0, 0, SIDE, SIDE))
    for x, y in points.tolist():
        plane.insert((x, y))
    corners = np.asarray(plane.getTriangleList()).reshape(-1, 3, 2)
    nearest = np.linalg.norm(corners[:, :, None] - points, axis=3)
    known = nearest.min(axis=2).max(axis=1) < 0.5  # the others hang on corners of the plane itself
    found: list[list[int]] = nearest[known].argmin(axis=2).tolist()
    return found


def _softened(pixels: Pixels) -> Pixels:
    """Skin without wrinkles, edges as they are; around the head nothing of two backgrounds."""
    smooth = cv2.bilateralFilter(pixels, 9, SMOOTH, SMOOTH / 4)
    blurred = cv2.GaussianBlur(pixels, (0, 0), SIDE / 24)
    share = _face_share()[..., None]
    return (smooth * share + blurred * (1 - share)).astype(np.uint8)


def _face_share() -> NDArray[np.float32]:
    """How much of each pixel belongs to the face, 1 in its middle and falling to 0 around it."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    away = np.hypot((columns - 0.5) / 0.40, (rows - 0.52) / 0.50)
    share: NDArray[np.float32] = np.clip((1.15 - away) / 0.3, 0, 1)
    return share


def _grown(pixels: Pixels) -> Pixels:
    """Eyes larger, what is below them shorter and so the forehead higher."""
    rows, columns = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    line = float(EYES[:, 1].mean())
    below = np.clip((rows - line) / (SIDE - line), 0, 1)
    source_rows = rows + SHORTER * (rows - line) * (1 - below) * (below > 0)
    source_columns = columns.copy()
    for x, y in EYES.tolist():
        near = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * (AROUND / 2) ** 2))
        source_columns -= (columns - x) * LARGER * near
        source_rows -= (rows - y) * LARGER * near
    return _looked_up(pixels, source_columns, source_rows)


def _looked_up(pixels: Pixels, columns: NDArray[np.float32], rows: NDArray[np.float32]) -> Pixels:
    maps = (columns.astype(np.float32), rows.astype(np.float32))
    return cv2.remap(pixels, *maps, interpolation=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101).astype(np.uint8)
