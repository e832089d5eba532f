"""Pictures taken apart and written anew: what comes in, what comes out, what is refused."""

import io

import numpy as np
import pytest
from PIL import Image

from config.errors import Invalid
from connect import pictures
from connect.pictures import BOUND, LEAST
from tests.pictures import drawn_face, encoded, landscape


def read(data):
    return pictures.read(io.BytesIO(data))


def refused(data):
    with pytest.raises(Invalid) as refusal:
        read(data)
    return refusal.value.code


def written(picture):
    return Image.open(io.BytesIO(picture.jpeg))


def likeness(picture, image):
    """How far apart two pictures are, on average, in steps of 255."""
    return np.abs(picture.pixels.astype(int) - np.asarray(image.convert("RGB")).astype(int)).mean()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_seen_stays(kind):
    image = drawn_face()
    picture = read(encoded(image, kind))
    assert (picture.width, picture.height) == image.size
    assert likeness(picture, image) < 8


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA", "I;16"])
def test_of_whatever_mode_it_is_a_jpeg_of_three_colours(mode):
    picture = read(encoded(drawn_face().convert("L" if mode == "I;16" else "RGB").convert(mode), "PNG"))
    assert (written(picture).format, written(picture).mode) == ("JPEG", "RGB")


def test_of_four_inks_too():
    assert likeness(read(encoded(drawn_face().convert("CMYK"))), drawn_face()) < 8


def test_what_one_can_see_through_lies_on_white():
    clear = read(encoded(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG"))
    assert set(clear.pixels.reshape(-1)) == {255}


def test_a_large_one_is_bounded_in_its_proportions():
    picture = read(encoded(landscape(2400, 1200)))
    assert (picture.width, picture.height) == (BOUND, BOUND // 2)


def test_one_of_the_bound_stays_as_it_is():
    picture = read(encoded(landscape(BOUND, BOUND)))
    assert (picture.width, picture.height) == (BOUND, BOUND)


def turned(number):
    """A picture that says it was taken with the camera held in one of eight ways."""
    exif = Image.Exif()
    exif[0x0112] = number
    image = Image.new("RGB", (400, 300), "black")
    image.paste("white", (0, 0, 200, 150))
    return read(encoded(image, quality=95, exif=exif))


@pytest.mark.parametrize(
    "number, bright, size",
    [
        (1, "upper left", (400, 300)),
        (2, "upper right", (400, 300)),
        (3, "lower right", (400, 300)),
        (4, "lower left", (400, 300)),
        (5, "upper left", (300, 400)),
        (6, "upper right", (300, 400)),
        (7, "lower right", (300, 400)),
        (8, "lower left", (300, 400)),
    ],
)
def test_it_comes_out_upright(number, bright, size):
    picture = turned(number)
    high, wide = picture.height // 4, picture.width // 4
    corners = {
        "upper left": picture.pixels[high, wide],
        "upper right": picture.pixels[high, -wide],
        "lower left": picture.pixels[-high, wide],
        "lower right": picture.pixels[-high, -wide],
    }
    assert (picture.width, picture.height) == size
    assert [name for name, corner in corners.items() if corner.mean() > 128] == [bright]


def test_the_same_pixels_have_the_same_digest_whatever_is_around_them():
    image, exif = drawn_face(), Image.Exif()
    exif[0x010F] = "Camera"
    assert read(encoded(image, exif=exif)).digest == read(encoded(image)).digest


def test_other_pixels_have_another():
    assert read(encoded(drawn_face(seed=1))).digest != read(encoded(drawn_face(seed=2))).digest


def test_of_one_that_moves_it_is_the_first_picture():
    first, second = drawn_face(), landscape()
    moving = encoded(first, "WEBP", save_all=True, append_images=[second], quality=90)
    assert likeness(read(moving), first) < 8


def test_of_a_jpeg_of_several_it_is_the_first():
    first = drawn_face()
    assert likeness(read(encoded(first, "MPO", save_all=True, append_images=[landscape()])), first) < 8


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000"])
def test_other_kinds_are_not_taken(kind):
    assert refused(encoded(drawn_face(240, 300), kind)) == "picture_unknown"


@pytest.mark.parametrize("size", [(LEAST - 1, 600), (600, LEAST - 1), (1, 1), (20_000, 400)])
def test_a_small_or_narrow_one_is_refused(size):
    assert refused(encoded(Image.new("L", size), "PNG")) == "picture_too_small"


def test_the_smallest_is_taken():
    assert read(encoded(Image.new("L", (LEAST, LEAST)), "PNG")).width == LEAST


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_most_pixels_are_bounded_by_kind(kind, settings):
    settings.PICTURE_PIXELS = {**settings.PICTURE_PIXELS, kind: 300 * 300}
    assert read(encoded(Image.new("RGB", (300, 300)), kind)).width == 300
    assert refused(encoded(Image.new("RGB", (300, 301)), kind)) == "picture_too_large"


def test_a_broken_way_up_is_no_reason_to_refuse_a_picture():
    broken = b"\xff\xe1" + (40).to_bytes(2) + b"Exif\0\0MM\0*" + b"\xff" * 28
    whole = encoded(drawn_face())
    assert read(whole[:2] + broken + whole[2:]).width == 600
