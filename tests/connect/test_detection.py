"""Whether a picture shows a face, and how well: what the classical detector says of drawings."""

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from connect.detection import ClassicalDetector, detector
from connect.models.photo import GOOD_ENOUGH
from tests.pictures import drawn_face, landscape

CLASSICAL = ClassicalDetector()


def seen(image):
    return CLASSICAL.look(np.asarray(image))


def test_a_face_is_seen_where_it_is():
    face = seen(drawn_face()).face
    middle = (face.left + face.width / 2, face.top + face.height / 2)
    assert middle == pytest.approx((300, 337), abs=30)


def test_a_clear_one_is_good_enough():
    assert seen(drawn_face()).quality >= GOOD_ENOUGH


@pytest.mark.parametrize("seed", range(3))
def test_hills_are_no_face(seed):
    assert not seen(landscape(seed=seed)).has_face


def test_an_even_colour_is_no_face_and_no_picture():
    sighting = seen(Image.new("RGB", (400, 400), "grey"))
    assert (sighting.face, sighting.quality) == (None, 0)


@pytest.mark.parametrize("blur", [6, 12])
def test_a_blurred_face_is_one_and_not_good_enough(blur):
    sighting = seen(drawn_face(blur=blur))
    assert sighting.has_face
    assert sighting.quality < GOOD_ENOUGH


def test_the_more_blurred_the_worse():
    qualities = [seen(drawn_face(blur=blur)).quality for blur in (0, 2, 4, 8)]
    assert qualities == sorted(qualities, reverse=True)


@pytest.mark.parametrize("light", [0.2, 3.0], ids=["dark", "glaring"])
def test_too_little_and_too_much_light_are_not_good_enough(light):
    assert seen(ImageEnhance.Brightness(drawn_face()).enhance(light)).quality < GOOD_ENOUGH


def test_a_small_face_is_worse_than_a_large_one():
    small = Image.new("RGB", (600, 600), (150, 170, 190))
    small.paste(drawn_face(120, 150), (200, 200))
    assert seen(small).quality < seen(drawn_face()).quality


def test_the_largest_face_counts():
    two = Image.new("RGB", (900, 750), (150, 170, 190))
    two.paste(drawn_face(), (0, 0))
    two.paste(drawn_face(240, 300), (640, 100))
    assert seen(two).face.width == pytest.approx(seen(drawn_face()).face.width, rel=0.2)


def test_the_setting_names_it_and_it_is_made_once():
    assert (detector().name, detector() is detector()) == ("classical-1", True)
