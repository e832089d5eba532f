"""Faces brought to the same place, size and level, so that pixel can be compared with pixel."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine.analysis import Eyes, Floats, Pixels

Transform = NDArray[np.float64]
"""Rows of a matrix that scales, turns and moves a point (x, y, 1), or (x, y, z, 1)."""


def similarity(points: Floats, onto: Floats) -> Transform:
    """The turn, scale and move that brings the points nearest to the others, by least squares, and never mirrors them.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991. Both of shape
    (n, 2) or (n, 3); the points must not be all the same one, or ValueError is raised.
    """
    here, there = points.mean(axis=0), onto.mean(axis=0)
    from_, to = (points - here).astype(np.float64), (onto - there).astype(np.float64)
    spread = (from_**2).sum()
    if not spread > 0:
        raise ValueError("The points are all the same one.")
    left, sizes, right = np.linalg.svd(to.T @ from_)
    signs = np.ones(len(sizes))
    signs[-1] = np.sign(np.linalg.det(left @ right))
    turn = (left * signs) @ right * (sizes @ signs / spread)
    return np.column_stack([turn, there - turn @ here])


def moved(points: Floats, transform: Transform) -> Floats:
    """Where the transform brings the points."""
    return np.asarray(points @ transform[:, :-1].T + transform[:, -1], dtype=np.float32)


def around(box: Floats, side: int, share: float) -> Transform:
    """What makes a square of this side of a box (left, top, right, bottom), which fills that share of it."""
    scale = share * side / float(max(box[2] - box[0], box[3] - box[1], 1e-6))
    x, y = (box[:2] + box[2:]) / 2
    return np.array([[scale, 0, side / 2 - scale * x], [0, scale, side / 2 - scale * y]])


def warped(pixels: Pixels, transform: Transform, side: int, beyond: int = cv2.BORDER_REPLICATE) -> Pixels:
    """The square that the transform shows of a picture; what lies beyond its edge repeats the edge, or is black."""
    pixels, transform = _shrunk(pixels, transform)
    turned = cv2.warpAffine(pixels, transform, (side, side), flags=cv2.INTER_LINEAR, borderMode=beyond)
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
