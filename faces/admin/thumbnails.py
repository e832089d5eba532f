"""Pictures as staff see them: scaled down, never kept by a browser, and each look at one of a person's on record."""

import io
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from PIL import Image

from connect.models import StoredPicture
from connect.pictures import CONTENT_TYPE
from connect.services import kept_pictures

SIDES = {"small": 240, "large": 800}
"""The longer side of each size, in pixels."""


def shown(row: StoredPicture, size: str) -> HttpResponse:
    """A picture in one of the sizes. Raises Http404 for another size, and where the file is gone."""
    if size not in SIDES:
        raise Http404
    try:
        jpeg = b"".join(kept_pictures.content(row))
    except FileNotFoundError as gone:
        raise Http404 from gone
    return HttpResponse(_scaled(jpeg, SIDES[size]), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def image(address: str, words: str, height: str = "5rem") -> SafeString:
    """An image for a page of the admin, fetched when it comes into sight."""
    style = f"height: {height}; border-radius: 4px"
    return format_html('<img src="{}" alt="{}" loading="lazy" style="{}">', address, words, style)


def _scaled(jpeg: bytes, side: int) -> bytes:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as whole:
        whole.draft("RGB", (side, side))
        whole.thumbnail((side, side))
        out = io.BytesIO()
        options: dict[str, Any] = {"quality": 85}
        whole.save(out, "JPEG", **options)
    return out.getvalue()
