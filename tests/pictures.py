"""Pictures for tests, all of them drawn here: no person's face is in this repository."""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SKIN, SHADE, HAIR, LIPS = (224, 182, 150), (170, 125, 100), (60, 40, 30), (160, 70, 70)


def drawn_face(width: int = 600, height: int = 750, *, seed: int = 1, blur: float = 0) -> Image.Image:
    """What a classical detector takes for a face: eyes in their sockets under brows, a nose, a mouth, hair around."""
    image = Image.new("RGB", (width, height), (150, 170, 190))
    draw, scale, middle, top = ImageDraw.Draw(image), width / 800, width / 2, height * 0.45

    def oval(x: float, y: float, across: float, down: float, colour: Any) -> None:
        corners = (x - across, y - down, x + across, y + down)
        around = [edge * scale + origin for edge, origin in zip(corners, (middle, top) * 2, strict=True)]
        draw.ellipse(around, fill=colour)

    oval(0, 520, 330, 260, (70, 80, 120))
    oval(0, -60, 235, 300, HAIR)
    oval(0, 250, 75, 110, SKIN)
    oval(0, 0, 200, 260, SKIN)
    for side in (-80, 80):
        oval(side, -88, 56, 9, HAIR)
        oval(side, -45, 62, 34, SHADE)
        oval(side, -40, 42, 20, (245, 240, 235))
        oval(side, -40, 18, 18, (50, 35, 30))
        oval(side / 4, 75, 14, 10, SHADE)
    oval(0, 140, 70, 22, LIPS)
    oval(0, 140, 70, 4, HAIR)
    return _grained(image.filter(ImageFilter.GaussianBlur(4 * scale)), seed).filter(ImageFilter.GaussianBlur(blur))


def landscape(width: int = 600, height: int = 750, *, seed: int = 1) -> Image.Image:
    """Hills under a sky, and nobody."""
    image = Image.new("RGB", (width, height), (120, 170, 220))
    ImageDraw.Draw(image).polygon([(0, height), (width / 3, height / 2), (width, height)], fill=(60, 110, 60))
    return _grained(image, seed)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _grained(image: Image.Image, seed: int) -> Image.Image:
    """With the grain of a camera, which tells the pictures of two seeds apart."""
    grain = np.random.default_rng(seed).normal(0, 6, (image.height, image.width, 1))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype("uint8"))
