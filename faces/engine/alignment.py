"""Faces brought to the same place, size and level, so that pixel can be compared with pixel."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine.analysis import Eyes, Floats, Pixels

Transform = NDArray[np.float64]
"""Two rows of three: scale, turn and move of a point (x, y, 1)."""


def similarity(points: Floats, onto: Floats) -> Transform:
    """The turn, scale and move that brings the points nearest to the others, by least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991. Both of shape
    (n, 2), n of at least two; the points must not be all the same one, or ValueError is raised.
    """
    here, there = points.mean(axis=0), onto.mean(axis=0)
    from_, to = (points - here).astype(np.float64), (onto - there).astype(np.float64)
    spread = (from_**2).sum()
    if not spread > 0:
        raise ValueError("The points are all the same one.")
    along = (from_ * to).sum() / spread
    across = (from_[:, 0] * to[:, 1] - from_[:, 1] * to[:, 0]).sum() / spread
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, there - turn @ here])


def warped(pixels: Pixels, transform: Transform, side: int) -> Pixels:
    """The square that the transform shows of a picture; what lies beyond its edge repeats the edge."""
    pixels, transform = _shrunk(pixels, transform)
    turned = cv2.warpAffine(pixels, transform, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)


def _shrunk(pixels: Pixels, transform: Transform) -> tuple[Pixels, Transform]:
    """Averaged down first where the transform would skip pixels, so that a large picture shows no other grain."""
    share = 2 * float(np.hypot(*transform[:, 0]))
    if share >= 1:
        return pixels, transform
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), transform / np.array([share, share, 1.0])


def by_eyes(pixels: Pixels, eyes: Eyes, side: int) -> Pixels:
    """The face with its eyes level, in the places that EYES gives as shares of the side."""
    points = np.array(eyes, dtype=np.float32)
    return warped(pixels, similarity(points, EYES * np.float32(side)), side)


EYES = np.array([[0.31, 0.38], [0.69, 0.38]], dtype=np.float32)
