"""What the SCRFD detector says, read: Guo et al., "Sample and Computation Redistribution for Efficient Face Detection",
2021. Of each of three grids it gives, for two anchors a cell, a score, how far the edges of a face are from the cell,
and how far its eyes, nose and corners of the mouth.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from faces.engine.analysis import Floats, Pixels

STRIDES = (8, 16, 32)
ANCHORS = 2
LEAST_SCORE = 0.5
MOST_OVERLAP = 0.4


@dataclass(frozen=True)
class Found:
    """A face in pixels: left, top, right and bottom, how sure the detector is, and five points of x and y."""

    box: Floats
    score: float
    points: Floats


def shapes(side: int) -> tuple[tuple[int, int], ...]:
    """Of what the detector gives for a square of this side: scores, edges and points, grid by grid."""
    cells = [ANCHORS * (side // stride) ** 2 for stride in STRIDES]
    return tuple((count, width) for width in (1, 4, 10) for count in cells)


def fitted(pixels: Pixels, side: int) -> tuple[Pixels, float]:
    """The picture in the upper left of a black square of this side, and how many times as large it is there."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    square = np.zeros((side, side, 3), dtype=np.uint8)
    square[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return square, scale


def largest(outputs: list[Floats], side: int, scale: float) -> Found | None:
    """The largest face of those it is sure of, in pixels of the picture before it was scaled."""
    boxes, scores, points = _decoded(outputs, side)
    sure = np.flatnonzero(scores >= LEAST_SCORE)
    boxes, scores, points = boxes[sure] / scale, scores[sure], points[sure] / scale
    sizes = boxes[:, 2:] - boxes[:, :2]
    corners = np.hstack([boxes[:, :2], sizes]).tolist()
    kept = np.asarray(cv2.dnn.NMSBoxes(corners, scores.tolist(), LEAST_SCORE, MOST_OVERLAP), dtype=int).ravel()
    if not kept.size:
        return None
    best = max(kept, key=lambda index: float(sizes[index].prod()))
    return Found(boxes[best], float(scores[best]), points[best].reshape(5, 2))


def _decoded(outputs: list[Floats], side: int) -> tuple[Floats, Floats, Floats]:
    """Boxes, scores and points of all anchors of all grids."""
    flat = [output.reshape(shape) for output, shape in zip(outputs, shapes(side), strict=True)]
    parts = []
    for grid, stride in enumerate(STRIDES):
        score, edges, points = flat[grid], flat[grid + 3] * stride, flat[grid + 6] * stride
        cells = _cells(side // stride) * stride
        boxes = np.hstack([cells - edges[:, :2], cells + edges[:, 2:]])
        parts.append((boxes, score[:, 0], points + np.tile(cells, 5)))
    boxes, scores, points = (np.concatenate(column) for column in zip(*parts, strict=True))
    return boxes, scores, points


def _cells(count: int) -> Floats:
    """Column and row of each anchor, row by row."""
    rows, columns = np.mgrid[:count, :count]
    return np.repeat(np.column_stack([columns.ravel(), rows.ravel()]), ANCHORS, axis=0).astype(np.float32)
