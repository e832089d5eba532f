"""What 68 points of a face say: how it is held, its proportions and symmetry, and where its skin is.

The markup is that of iBUG 300-W: 0–16 the jaw from the left of the picture to the right, 17–26 the brows, 27–35 the
nose, 36–47 the eyes, 48–67 the mouth.
"""

import cv2
import numpy as np

from faces.engine.alignment import moved, similarity
from faces.engine.analysis import Eyes, Floats, Pose
from faces.engine.skin import Mask

COUNT = 68
_JAW_AND_BROWS = [*range(16, -1, -1), *range(26, 16, -1)]
_NOSE_AND_EYES = [27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
_MOUTH = [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
MIRRORED = np.array([*_JAW_AND_BROWS, *_NOSE_AND_EYES, *_MOUTH])
"""The number of each point on the other half of the face."""
CHEEKS = ([1, 3, 48, 31, 40], [15, 13, 54, 35, 47])
RESTING = 14.7
"""How much further forward than the eyes a mouth is, in degrees, on a face that looks straight ahead."""
LOPSIDED = 0.25
"""The distance between both halves, in distances between the eyes, from which a face has no symmetry at all."""


def eyes(points: Floats) -> Eyes:
    """Their middles."""
    left, right = points[36:42, :2].mean(axis=0), points[42:48, :2].mean(axis=0)
    return (float(left[0]), float(left[1])), (float(right[0]), float(right[1]))


def pose(points: Floats) -> Pose:
    """Of points in space: x to the right, y down and z towards who looks at the picture."""
    across = (points[MIRRORED] - points)[_LEFT].mean(axis=0)
    down = points[48:].mean(axis=0) - points[36:48].mean(axis=0)
    return Pose(
        yaw=_degrees(-across[2], np.hypot(across[0], across[1])),
        pitch=_degrees(down[2], np.hypot(down[0], down[1])) - RESTING,
        roll=_degrees(across[1], across[0]),
    )


def ratios(points: Floats) -> dict[str, float]:
    """Proportions by name. Points in space are taken as they are, so that a turned face has the same."""
    brows, (left, right) = points[17:27].mean(axis=0), (points[36:42].mean(axis=0), points[42:48].mean(axis=0))
    middle, mouth = (left + right) / 2, points[48:60].mean(axis=0)
    width, height = _apart(points[0], points[16]), _apart(brows, points[8])
    return {
        "face_width_height_ratio": _share(width, height),
        "eye_spacing": _share(_apart(left, right), width),
        "brow_to_eye": _share(_apart(brows, middle), height),
        "eye_to_mouth": _share(_apart(middle, mouth), height),
        "mouth_to_chin": _share(_apart(mouth, points[8]), height),
        "eye_width": _share(_apart(points[36], points[39]) + _apart(points[42], points[45]), 2 * width),
        "nose_width": _share(_apart(points[31], points[35]), width),
        "nose_length": _share(_apart(points[27], points[33]), height),
        "mouth_width": _share(_apart(points[48], points[54]), width),
        "jaw_width": _share(_apart(points[4], points[12]), width),
    }


def symmetry(points: Floats) -> float:
    """1 if the face is its own mirror image, less the further both are apart; how it is turned does not count."""
    mirrored = points[MIRRORED].copy()
    mirrored[:, 0] *= -1
    off = np.linalg.norm(moved(mirrored, similarity(mirrored, points)) - points, axis=1)
    spacing = _apart(points[36:42].mean(axis=0), points[42:48].mean(axis=0))
    return round(1 - min(1.0, _share(float(np.sqrt((off**2).mean())), spacing) / LOPSIDED), 4)


def cheeks(points: Floats, height: int, width: int) -> Mask:
    """Where the cheeks are in a picture of this size."""
    mask = np.zeros((height, width), dtype=np.uint8)
    for corners in CHEEKS:
        cv2.fillPoly(mask, [np.rint(points[corners, :2]).astype(np.int32)], 1)
    return mask.astype(bool)


def _degrees(opposite: float, adjacent: float) -> float:
    return float(np.degrees(np.arctan2(opposite, adjacent)))


def _apart(one: Floats, other: Floats) -> float:
    return float(np.linalg.norm(one - other))


def _share(length: float, whole: float) -> float:
    return round(length / max(whole, 1e-6), 4)


_LEFT = np.flatnonzero(MIRRORED[:48] > np.arange(48))
