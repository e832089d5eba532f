"""One picture out of two faces: where its eyes are, that both are in it, that landmarks bring features together."""

import numpy as np
import pytest

from faces.engine import blend
from faces.engine.blend import EYES, SIDE, Head
from tests.pictures import drawn_face


def pixels(image):
    return np.asarray(image)


def drawn_eyes(width, height):
    """Where `tests.pictures` draws them."""
    scale, middle, line = width / 800, width / 2, height * 0.45 - 40 * width / 800
    return np.array([[middle - 80 * scale, line], [middle + 80 * scale, line]], np.float32)


def drawn(width=600, height=750, seed=1):
    return Head(pixels(drawn_face(width, height, seed=seed)), drawn_eyes(width, height))


def darkest(picture, around):
    """The middle of the darkest spots near a point."""
    x, y = around.astype(int)
    part = picture[y - 40 : y + 40, x - 40 : x + 40].sum(axis=2)
    rows, columns = np.nonzero(part < np.percentile(part, 3))
    return np.array([x - 40 + columns.mean(), y - 40 + rows.mean()])


def test_it_is_a_square_picture_of_the_same_kind():
    child = blend.child(drawn(), drawn(500, 800, seed=2))
    assert (child.shape, child.dtype) == ((SIDE, SIDE, 3), np.uint8)


def test_the_eyes_of_both_lie_over_one_another():
    """However large the pictures are and however the heads are held."""
    tilted = drawn_face(700, 700, seed=2)
    child = blend.child(drawn(), Head(pixels(tilted.rotate(90)), turned(drawn_eyes(700, 700), 700)))
    found = [darkest(child, eye) for eye in EYES]
    assert np.abs(np.array(found) - EYES).max() < 8


def turned(points, width):
    """Where points are after a quarter turn to the left."""
    return np.stack([points[:, 1], width - points[:, 0]], axis=1).astype(np.float32)


def test_whoever_comes_first_it_is_the_same_picture():
    one, two = drawn(), drawn(500, 800, seed=2)
    assert np.array_equal(blend.child(one, two), blend.child(two, one))


def test_each_of_the_two_is_half_of_it():
    dark, light = (Head(np.full((300, 300, 3), shade, np.uint8), drawn_eyes(300, 300)) for shade in (40, 200))
    assert np.abs(blend.child(dark, light).astype(int) - 120).max() <= 2


def test_landmarks_bring_the_same_features_together():
    """Two mouths at different heights become one, where eyes alone would show both."""
    children = [blend.child(mouthed(360, known), mouthed(440, known)) for known in (False, True)]
    rows = [np.flatnonzero(child[:, SIDE // 2, 0] > 150).size for child in children]
    spread = [np.ptp(np.flatnonzero(child[:, SIDE // 2, 0] > child[:, SIDE // 2, 2] + 30)) for child in children]
    assert spread[1] < 0.7 * spread[0]
    assert all(rows)


def mouthed(height, known):
    """A grey face with a red bar for a mouth, and its 68 landmarks: eyes, a mouth, and the outline."""
    picture = np.full((SIDE, SIDE, 3), 160, np.uint8)
    picture[height - 12 : height + 12, 180:332] = (230, 60, 60)
    outline = [(60 + 24 * i, 470 - abs(8 - i) * 30) for i in range(17)]
    brows = [(150 + 22 * i, 200) for i in range(10)]
    nose = [(256, 240 + 10 * i) for i in range(9)]
    eyes = [(x + 12 * np.cos(i), 230 + 6 * np.sin(i)) for x in (177, 335) for i in range(6)]
    mouth = [(180 + 152 * (i % 10) / 9, height + (12 if i < 10 else -12)) for i in range(20)]
    landmarks = np.array([*outline, *brows, *nose, *eyes, *mouth], np.float32)
    return Head(picture, blend.eyes_of(landmarks), landmarks if known else None)


def test_the_eyes_of_68_landmarks_are_those_of_the_usual_markup():
    landmarks = np.zeros((68, 2), np.float32)
    landmarks[36:42], landmarks[42:48] = (10, 20), (30, 20)
    assert blend.eyes_of(landmarks).tolist() == [[10, 20], [30, 20]]


@pytest.mark.parametrize("eyes", [[[150, 150], [150, 150]], [[-900, 0], [5000, 4000]]])
def test_eyes_that_make_no_sense_still_make_a_picture(eyes):
    odd = Head(np.zeros((300, 300, 3), np.uint8), np.array(eyes, np.float32))
    assert blend.child(odd, drawn()).shape == (SIDE, SIDE, 3)


def test_landmarks_outside_of_the_picture_do_no_harm():
    landmarks = np.random.default_rng(1).uniform(-400, 1200, (68, 2)).astype(np.float32)
    odd = Head(np.zeros((300, 300, 3), np.uint8), drawn_eyes(300, 300), landmarks)
    assert blend.child(odd, odd).shape == (SIDE, SIDE, 3)


def test_what_is_below_the_eyes_becomes_shorter():
    """A mark on the chin moves up, one on the forehead stays."""
    marked = np.full((SIDE, SIDE, 3), 100, np.uint8)
    marked[98:102], marked[398:402] = 255, 255
    head = Head(marked, EYES)
    rows = np.flatnonzero(blend.child(head, head)[:, SIDE // 2, 0] > 150)
    assert abs(rows[rows < 200].mean() - 100) < 3
    assert rows[rows > 250].mean() < 385
