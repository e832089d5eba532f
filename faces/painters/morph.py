"""The embedded painter: a blend of two faces with a child's proportions, at once and for nothing."""

import io

from PIL import Image

from faces.engine import blend
from faces.painters.base import Parents

AT_ONCE = "at once"
QUALITY = 92


class Morph:
    """Mixes the two pictures and asks nobody. What comes out is a picture of both of them, no prediction of a child."""

    price = 0

    def begin(self, parents: Parents) -> str:
        return AT_ONCE

    def fetch(self, number: str, parents: Parents) -> bytes:
        return jpeg(parents)


def jpeg(parents: Parents) -> bytes:
    """The blend of the two as a square JPEG."""
    out = io.BytesIO()
    Image.fromarray(blend.child(parents.first, parents.second)).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
