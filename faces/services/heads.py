"""The two heads that a picture is painted out of."""

import io
from typing import cast

import numpy as np
from PIL import Image

from connect.detection import Box, Pixels
from connect.services import kept_pictures
from faces import analyzers
from faces.engine import blend
from faces.engine.blend import Head
from faces.models import Face


def of(face: Face) -> Head:
    """A face's picture and where its eyes are: by the landmarks on record, else as the analyzer finds them, else where
    they are in most pictures.

    Raises FileNotFoundError where the file is gone.
    """
    pixels = _pixels(face)
    if face.landmarks_68:
        landmarks = np.array(face.landmarks_68, np.float32)
        return Head(pixels, blend.eyes_of(landmarks), landmarks)
    analyzer = analyzers.analyzer()
    found = analyzer.analyze(pixels)
    if found and found.eyes:
        return Head(pixels, np.array(found.eyes, np.float32))
    box = analyzer.look(pixels).face or _middle(pixels)
    return Head(pixels, blend.eyes_in(box.left, box.top, box.width, box.height))


def _pixels(face: Face) -> Pixels:
    jpeg = b"".join(kept_pictures.content(face))
    return cast(Pixels, np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")))


def _middle(pixels: Pixels) -> Box:
    """Where a face is if it fills the picture."""
    height, width = pixels.shape[:2]
    side = int(min(width, height) * 0.7)
    return Box((width - side) // 2, (height - side) // 3, side, side)
