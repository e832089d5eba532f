"""Pictures for tests, all of them drawn here: no person's face is in this repository."""

import io
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image, ImageDraw

from faces.drawing import drawn_face, grained, looks

__all__ = ["drawn_face", "encoded", "landscape", "looks", "post_form"]


def landscape(width: int = 600, height: int = 750, *, seed: int = 1) -> Image.Image:
    """Hills under a sky, and nobody."""
    image = Image.new("RGB", (width, height), (120, 170, 220))
    ImageDraw.Draw(image).polygon([(0, height), (width / 3, height / 2), (width, height)], fill=(60, 110, 60))
    return grained(image, seed)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def post_form(client: Any, path: str, form: dict[str, Any], **extra: Any) -> Any:
    """Send a form with files in it, as a browser does."""
    return client.generic("POST", path, encode_multipart(BOUNDARY, form), content_type=MULTIPART_CONTENT, **extra)
