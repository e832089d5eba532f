"""Pictures that people send: taken apart with suspicion, and written anew with nothing in them but what is seen.

What a picture is, its bytes say and not its name. How large it is, is read from its head before anything is decoded;
what comes out is upright, at most BOUND pixels wide or high, and holds no place, no camera, no comment and nothing that
stood behind the end of the old one.
"""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import IO

import numpy as np
import structlog
from django.conf import settings
from PIL import ExifTags, Image

from config.errors import Invalid
from connect.detection import Pixels

logger = structlog.get_logger(__name__)

CONTENT_TYPE = "image/jpeg"
BOUND = 1600
"""The longer side of what comes out, in pixels."""
LEAST = 200
"""The shorter side of what comes out; a smaller picture shows nobody."""
QUALITY = 85
MOST_SCANS = 64
"""Of a progressive JPEG: each goes over the whole picture again. Encoders make about ten."""
# Modes that are scaled as they are; the others, with their palettes or more than 8 bits, are spread out first.
SCALED = ("L", "LA", "RGB", "RGBA")
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the number that EXIF gives the way a camera was held; 1 is upright."""
_NEXT_SCAN = b"\xff\xda"
# How many pictures a process decodes at the same time, as each takes up to 256 MB for a moment.
_decoding = BoundedSemaphore(2)

Image.MAX_IMAGE_PIXELS = max(settings.PICTURE_PIXELS.values())


@dataclass(frozen=True)
class Picture:
    """A picture as it was written anew; `digest` is the SHA-256 of its pixels, in hex."""

    jpeg: bytes
    pixels: Pixels
    digest: str

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def read(file: IO[bytes]) -> Picture:
    """A picture out of what somebody sent.

    Raises Invalid: picture_unknown for what is no JPEG, PNG or WebP, picture_too_large for too many pixels,
    picture_too_small, picture_broken. Of one that moves it is the first picture.
    """
    with _decoding, _hostile(file) as image:
        _check_size(image)
        _check_scans(image, file)
        return _rewritten(_upright(image))


@contextmanager
def _hostile(file: IO[bytes]) -> Iterator[Image.Image]:
    """The picture with only its head read. Whatever a decoder raises over it, it is the picture's fault."""
    try:
        with _opened(file) as image:
            yield image
    except Invalid:
        raise
    except Image.DecompressionBombError as bomb:
        raise _too_large(Image.MAX_IMAGE_PIXELS or 0) from bomb
    except Exception as exc:
        logger.info("picture_refused", error=type(exc).__name__)
        raise Invalid("This picture is damaged and cannot be read to its end.", code="picture_broken") from exc


def _opened(file: IO[bytes]) -> Image.Image:
    try:
        return Image.open(file, formats=tuple(settings.PICTURE_PIXELS))
    except Image.UnidentifiedImageError as exc:
        raise Invalid("Send a picture: a JPEG, a PNG or a WebP.", code="picture_unknown") from exc


def _check_size(image: Image.Image) -> None:
    most = settings.PICTURE_PIXELS[_kind(image)]
    if image.width * image.height > most:
        raise _too_large(most)
    if min(image.size) * min(1, BOUND / max(image.size)) < LEAST:
        message = f"This picture is too small or too narrow: {LEAST} pixels is the least."
        raise Invalid(message, code="picture_too_small", least=LEAST)


def _check_scans(image: Image.Image, file: IO[bytes]) -> None:
    """A few bytes ask for a scan; thousands of them would keep a processor busy for minutes."""
    if _kind(image) != "JPEG":
        return
    place = file.tell()
    file.seek(0)
    scans = file.read().count(_NEXT_SCAN)
    file.seek(place)
    if scans > MOST_SCANS:
        raise Invalid("This picture is put together in too many layers.", code="picture_broken")


def _upright(image: Image.Image) -> Image.Image:
    """Bounded, on white where one can see through it, and turned as it was held."""
    turn = _turn(image)
    image.draft("RGB", (BOUND, BOUND))  # a JPEG is decoded at half or a quarter right away
    if image.mode not in SCALED:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((BOUND, BOUND), Image.Resampling.LANCZOS)
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    image = image.convert("RGB")
    return image.transpose(turn) if turn is not None else image


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How to turn it, by its EXIF; what is wrong there is no reason to refuse what is to be seen."""
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return None


def _rewritten(image: Image.Image) -> Picture:
    """Through bare pixels: whatever else was with them stays behind."""
    pixels = np.array(image)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(out.getvalue(), pixels, hashlib.sha256(pixels.tobytes()).hexdigest())


def _kind(image: Image.Image) -> str:
    """Some cameras put several pictures into one JPEG, which Pillow calls MPO."""
    return "JPEG" if image.format == "MPO" else str(image.format)


def _too_large(most: int) -> Invalid:
    message = f"This picture has too many pixels: {most / 1_000_000:g} million is the most."
    return Invalid(message, code="picture_too_large", most=most)
