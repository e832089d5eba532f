"""An aligned face as 512 numbers whose cosine says how alike two faces look.

Two descriptions, each of unit length, stand side by side: which way edges run in each of 8 × 8 places (histograms of
oriented gradients, Dalal and Triggs, 2005), and the lowest 64 frequencies of the discrete cosine transform. Both are
taken after what light does is evened out, and roots are drawn so that no single strong edge decides (Arandjelović and
Zisserman, "Three things everyone should know to improve object retrieval", 2012).

All faces have eyes over a nose over a mouth, and would be alike for that; so the average face is taken off, and two
strangers are near 0. That average is one of drawings. Among photographs it is a little off, and strangers are above 0.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine.analysis import Floats, Pixels

SIDE = 128
"""Of the aligned face, in pixels."""
PLACES = 8
DIRECTIONS = 7
FREQUENCIES = 8
FINE, COARSE = 1.2, 16.0
"""Standard deviations in pixels: what is finer is grain, what is coarser is light."""
AVERAGE = Path(__file__).with_name("average.npy")


def embedding(crop: Pixels) -> Floats:
    """512 numbers of unit length of an aligned face of SIDE × SIDE pixels."""
    off = described(crop) - _AVERAGE
    return np.asarray(off / max(float(np.linalg.norm(off)), 1e-9), dtype=np.float32)


def described(crop: Pixels) -> Floats:
    """The same before the average is taken off."""
    even = evened(crop)
    both = [_rooted(_gradients(even)), _rooted(_frequencies(even))]
    return np.asarray(np.concatenate(both), dtype=np.float32)


def evened(crop: Pixels) -> Floats:
    """How light or dark each pixel is beside the face around it, in standard deviations; zero off the face."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    shades = np.log1p(cv2.GaussianBlur(grey, (0, 0), FINE))
    face = np.maximum(cv2.GaussianBlur(_MASK, (0, 0), COARSE), 1e-3)
    beside = (shades - cv2.GaussianBlur(shades * _MASK, (0, 0), COARSE) / face) * _MASK
    return np.asarray(beside / max(float(beside.std()), 1e-6), dtype=np.float32)


def _gradients(even: Floats) -> Floats:
    across, down = cv2.Sobel(even, cv2.CV_32F, 1, 0), cv2.Sobel(even, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    direction = np.asarray(np.mod(np.arctan2(down, across), np.pi) / np.pi * DIRECTIONS, dtype=np.float32)
    maps = np.stack([strength * _near(direction, bin_) for bin_ in range(DIRECTIONS)], axis=-1)
    step = SIDE / PLACES
    middles = ((np.arange(PLACES) + 0.5) * step).astype(int)
    pooled = cv2.GaussianBlur(maps.astype(np.float32), (0, 0), step / 2)
    return np.asarray(pooled[np.ix_(middles, middles)].ravel(), dtype=np.float32)


def _near(direction: Floats, bin_: int) -> Floats:
    """1 in the middle of a bin and 0 from the next one on, the last beside the first."""
    apart = np.abs(direction - bin_)
    return np.asarray(np.maximum(0, 1 - np.minimum(apart, DIRECTIONS - apart)), dtype=np.float32)


def _frequencies(even: Floats) -> Floats:
    small = cv2.resize(even, (SIDE // 4, SIDE // 4), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dct(small)[:FREQUENCIES, :FREQUENCIES].ravel(), dtype=np.float32)


def _rooted(values: Floats) -> Floats:
    rooted = np.sign(values) * np.sqrt(np.abs(values))
    return np.asarray(rooted / max(float(np.linalg.norm(rooted)), 1e-9), dtype=np.float32)


def _oval() -> NDArray[np.float32]:
    """1 on a face, 0 on hair and background, and soft between."""
    mask = np.zeros((SIDE, SIDE), dtype=np.float32)
    middle, axes = (SIDE // 2, round(SIDE * 0.53)), (round(SIDE * 0.44), round(SIDE * 0.52))
    cv2.ellipse(mask, middle, axes, 0, 0, 360, 1.0, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), SIDE / 32), dtype=np.float32)


_MASK = _oval()
_AVERAGE: Floats = np.load(AVERAGE)
