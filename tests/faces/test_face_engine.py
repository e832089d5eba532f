"""Faces as numbers: alignment, proportions, texture and skin, each against what is known of it."""

import numpy as np
import pytest

from faces.engine import alignment, geometry, skin, texture
from faces.engine.alignment import moved

SQUARE = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], dtype=np.float32)


def test_points_that_were_turned_scaled_and_moved_are_found_again():
    angle = np.radians(30)
    turn = 2 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (SQUARE @ turn.T + (5, -3)).astype(np.float32)
    assert moved(SQUARE, alignment.similarity(SQUARE, there)) == pytest.approx(there, abs=1e-4)


def test_what_is_no_such_move_is_met_as_near_as_can_be():
    """A mirror image is none: nothing but the middle is left."""
    mirrored = SQUARE * np.float32((-1, 1))
    fitted = moved(SQUARE, alignment.similarity(SQUARE, mirrored))
    assert fitted == pytest.approx(np.tile(mirrored.mean(axis=0), (4, 1)), abs=1e-5)


def test_one_point_has_no_size():
    with pytest.raises(ValueError, match="same"):
        alignment.similarity(np.ones((2, 2), dtype=np.float32), SQUARE[:2])


@pytest.mark.parametrize("scale", [1, 8], ids=["small", "large"])
def test_eyes_come_to_their_places(scale):
    pixels = np.full((120 * scale, 120 * scale, 3), 255, dtype=np.uint8)
    eyes = ((40 * scale, 50 * scale), (70 * scale, 60 * scale))
    for x, y in eyes:
        pixels[y - 3 * scale : y + 3 * scale + 1, x - 3 * scale : x + 3 * scale + 1] = 0
    crop = alignment.by_eyes(pixels, eyes, 128)
    assert [crop[y, x].max() < 60 for x, y in np.rint(alignment.EYES * 128).astype(int)] == [True, True]


@pytest.mark.parametrize(
    "eyes, turned",
    [
        (((30, 40), (70, 40)), (0, 0, 0)),
        (((40, 40), (80, 40)), (11.5, 0, 0)),
        (((30, 30), (70, 30)), (0, 11.5, 0)),
        (((30, 35), (70, 45)), (0, 0, 14)),
    ],
    ids=["ahead", "to the right", "up", "leaning"],
)
def test_a_pose_has_signs(eyes, turned):
    pose = geometry.rough_pose(eyes, (0, 0, 100, 100))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx(turned, abs=0.1)


def test_a_mirrored_face_is_symmetric_and_a_contrary_one_is_not():
    half = np.random.default_rng(1).normal(size=(128, 64)).astype(np.float32)
    assert geometry.symmetry(np.hstack([half, half[:, ::-1]])) == 1
    assert geometry.symmetry(np.hstack([half, -half[:, ::-1]])) == 0


def test_an_even_colour_has_no_texture_and_no_symmetry():
    even = texture.evened(np.full((128, 128, 3), 90, dtype=np.uint8))
    assert geometry.symmetry(np.zeros_like(even)) == 0
    assert np.linalg.norm(texture.embedding(np.full((128, 128, 3), 90, dtype=np.uint8))) == pytest.approx(1, abs=1e-5)


def test_what_stands_around_a_face_is_not_described():
    crop = np.random.default_rng(2).integers(60, 200, (128, 128, 3), dtype=np.uint8)
    other = crop.copy()
    other[:24, :16] = other[:24, -16:] = 0
    assert texture.embedding(crop) @ texture.embedding(other) > 0.95


def test_skin_is_the_median_of_what_looks_like_it():
    pixels = np.zeros((10, 10, 3), dtype=np.uint8)
    pixels[:5], pixels[5:] = (224, 182, 150), (0, 0, 255)
    tone = skin.tone(pixels, np.ones((10, 10), dtype=bool))
    assert tone == pytest.approx((76.6, 10.7, 22.1), abs=0.5)


@pytest.mark.parametrize("where", [True, False], ids=["none of it", "nowhere"])
def test_what_is_no_skin_has_no_tone(where):
    assert skin.tone(np.full((10, 10, 3), (0, 0, 255), dtype=np.uint8), np.full((10, 10), where)) is None
