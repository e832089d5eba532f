"""The two heads that a picture is painted out of."""

import io
from typing import cast

import numpy as np
from PIL import Image

from connect import detection
from connect.detection import Box, Pixels
from connect.services import kept_pictures
from faces.engine import blend
from faces.engine.blend import Head
from faces.models import Face


def of(face: Face) -> Head:
    """A face's picture and where its eyes are: by the landmarks on record, else by the box that a detector draws.

    Raises FileNotFoundError where the file is gone.
    """
    pixels = _pixels(face)
    if face.landmarks_68:
        landmarks = np.array(face.landmarks_68, np.float32)
        return Head(pixels, blend.eyes_of(landmarks), landmarks)
    box = detection.detector().look(pixels).face or _middle(pixels)
    return Head(pixels, blend.eyes_in(box.left, box.top, box.width, box.height))


def _pixels(face: Face) -> Pixels:
    jpeg = b"".join(kept_pictures.content(face))
    return cast(Pixels, np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")))


def _middle(pixels: Pixels) -> Box:
    """Where a face is if it fills the picture."""
    height, width = pixels.shape[:2]
    side = int(min(width, height) * 0.7)
    return Box((width - side) // 2, (height - side) // 3, side, side)
