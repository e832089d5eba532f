"""Drawn faces: people who do not exist, for a demo and for tests, so that no real person's face is needed anywhere."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter


@dataclass(frozen=True)
class Looks:
    """What tells one drawn person from another; lengths are in eight hundredths of the picture's width."""

    skin: tuple[int, int, int] = (224, 182, 150)
    hair: tuple[int, int, int] = (60, 40, 30)
    iris: tuple[int, int, int] = (50, 35, 30)
    lips: tuple[int, int, int] = (160, 70, 70)
    face: tuple[float, float] = (200, 260)
    hair_line: float = -60
    hair_width: float = 235
    eye_spacing: float = 160
    eye: tuple[float, float] = (42, 20)
    brow: tuple[float, float] = (56, 9)
    brow_height: float = 48
    nose: tuple[float, float] = (14, 10)
    nose_height: float = 115
    nose_width: float = 40
    mouth: tuple[float, float] = (70, 22)
    mouth_height: float = 180
    beard: float = 0
    backdrop: tuple[int, int, int] = (150, 170, 190)
    clothes: tuple[int, int, int] = (70, 80, 120)


PLAIN = Looks()


def looks(seed: int) -> Looks:
    """How the person of this number looks."""
    draw = np.random.default_rng(seed).uniform
    tone = draw(0.42, 1.0)
    skin = (235 * tone, 190 * tone**1.08, 160 * tone**1.15)
    hair = np.array([(60, 40, 30), (25, 20, 20), (120, 80, 45), (160, 125, 80), (120, 120, 120)][int(draw(0, 5))])
    hair = hair * min(1.0, 0.75 * sum(skin) / hair.sum())  # never lighter than the skin, or no cascade finds a face
    return Looks(
        skin=_colour(skin),
        hair=_colour(hair * draw(0.7, 1.0)),
        iris=_colour((draw(30, 90), draw(30, 90), draw(30, 110))),
        lips=_colour((skin[0] * 0.7, skin[1] * 0.42, skin[2] * 0.5)),
        face=(draw(178, 218), draw(240, 285)),
        hair_line=draw(-95, -35),
        hair_width=draw(205, 260),
        eye_spacing=draw(142, 178),
        eye=(draw(34, 48), draw(14, 24)),
        brow=(draw(44, 64), draw(5, 14)),
        brow_height=draw(40, 62),
        nose=(draw(10, 20), draw(7, 13)),
        nose_height=draw(92, 132),
        nose_width=draw(28, 58),
        mouth=(draw(48, 88), draw(14, 30)),
        mouth_height=draw(162, 204),
        beard=max(0.0, draw(-0.6, 0.5)),
    )


def drawn_face(
    width: int = 600,
    height: int = 750,
    *,
    seed: int = 1,
    blur: float = 0,
    looks: Looks = PLAIN,
    turn: float = 0,
    light: float = 1,
    shift: tuple[int, int] = (0, 0),
) -> Image.Image:
    """What a classical detector takes for a face: eyes in their sockets under brows, a nose, a mouth, hair around.

    `looks` is who it is, and all else how the picture was taken: `seed` its grain, `turn` in degrees, `shift` in
    pixels, `light` times as bright.
    """
    image = Image.new("RGB", (width, height), looks.backdrop)
    _draw(image, looks)
    image = image.filter(ImageFilter.GaussianBlur(4 * width / 800))
    image = image.rotate(turn, Image.Resampling.BICUBIC, translate=shift, fillcolor=looks.backdrop)
    image = ImageEnhance.Brightness(image).enhance(light)
    return grained(image, seed).filter(ImageFilter.GaussianBlur(blur))


def _draw(image: Image.Image, looks: Looks) -> None:
    draw, scale, middle, top = ImageDraw.Draw(image), image.width / 800, image.width / 2, image.height * 0.45
    shade, brow = _colour(np.array(looks.skin) * 0.7), _colour(np.array(looks.hair) * 0.7)
    across, down = looks.face

    def oval(x: float, y: float, across: float, down: float, colour: Any) -> None:
        corners = (x - across, y - down, x + across, y + down)
        around = [edge * scale + origin for edge, origin in zip(corners, (middle, top) * 2, strict=True)]
        draw.ellipse(around, fill=colour)

    oval(0, 520, 330, 260, looks.clothes)
    oval(0, looks.hair_line, looks.hair_width, 300, looks.hair)
    oval(0, 250, 75, 110, looks.skin)
    oval(0, 0, across, down, looks.skin)
    if looks.beard:
        tone = (1 - looks.beard) * np.array(looks.skin) + looks.beard * np.array(looks.hair)
        oval(0, down * 0.66, across * 0.72, down * 0.3, _colour(tone))
    for side in (-looks.eye_spacing / 2, looks.eye_spacing / 2):
        oval(side, -40 - looks.brow_height, *looks.brow, brow)
        oval(side, -45, looks.eye[0] + 20, looks.eye[1] + 14, shade)
        oval(side, -40, *looks.eye, (245, 240, 235))
        oval(side, -40, 18, 18, looks.iris)
        oval(np.sign(side) * looks.nose_width / 2, looks.nose_height - 40, *looks.nose, shade)
    oval(0, looks.mouth_height - 40, *looks.mouth, looks.lips)
    oval(0, looks.mouth_height - 40, looks.mouth[0], 4, looks.hair)


def _colour(values: Any) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in np.clip(values, 0, 255))
    return red, green, blue


def grained(image: Image.Image, seed: int) -> Image.Image:
    """With the grain of a camera, which tells the pictures of two seeds apart."""
    grain = np.random.default_rng(seed).normal(0, 6, (image.height, image.width, 1))
    return Image.fromarray((np.asarray(image) + grain).clip(0, 255).astype("uint8"))
