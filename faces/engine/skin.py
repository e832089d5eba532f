"""The colour of skin in a picture, which is that of the light as well: nothing here corrects for it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.engine.analysis import Lab, Pixels

Mask = NDArray[np.bool_]

LEAST = 0.1
"""Of what was looked at has to be skin, or nothing is said."""


def tone(pixels: Pixels, where: Mask) -> Lab | None:
    """The median of what is coloured like skin within the mask, or None if too little is."""
    colours = np.asarray(pixels[where], dtype=np.uint8).reshape(1, -1, 3)
    if not colours.size:
        return None
    skin = _is_skin(colours)
    if skin.mean() < LEAST:
        return None
    lab = cv2.cvtColor(colours.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[skin]
    return Lab(*(round(float(value), 2) for value in np.median(lab, axis=0)))


def _is_skin(colours: Pixels) -> Mask:
    """By chroma alone, whatever the lightness: Chai and Ngan, 1999. Coloured light hides skin from it."""
    chroma = cv2.cvtColor(colours, cv2.COLOR_RGB2YCrCb)
    red, blue = chroma[..., 1], chroma[..., 2]
    return np.asarray((red >= 133) & (red <= 173) & (blue >= 77) & (blue <= 127))


def patches(side: int) -> Mask:
    """The forehead and both cheeks of a face aligned by its eyes, in a square of this side."""
    mask = np.zeros((side, side), dtype=bool)
    for top, bottom, left, right in ((0.08, 0.2, 0.36, 0.64), (0.52, 0.7, 0.22, 0.36), (0.52, 0.7, 0.64, 0.78)):
        mask[round(top * side) : round(bottom * side), round(left * side) : round(right * side)] = True
    return mask
