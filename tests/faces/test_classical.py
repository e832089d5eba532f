"""What the classical analyzer says of drawn people, and whom it takes for whom."""

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pytest

from faces.analyzers.classical import BLIND, Classical
from faces.engine import texture
from tests.faces.average import FIRST, average
from tests.faces.drawn import RETAKEN, retaken, taken
from tests.pictures import landscape, looks

CLASSICAL = Classical()
PEOPLE = (0, 1, 2, 4, 5, 6)


@pytest.fixture(scope="module")
def known():
    return {person: CLASSICAL.analyze(taken(person)) for person in PEOPLE}


def test_it_says_what_it_can_and_leaves_out_what_it_cannot(known):
    analysis = known[0]
    assert analysis.embedding.shape == (512,)
    assert analysis.embedding.dtype == np.float32
    assert np.linalg.norm(analysis.embedding) == pytest.approx(1, abs=1e-5)
    assert (analysis.age, analysis.gender, analysis.landmarks, analysis.expression, analysis.emotions) == (None,) * 5
    assert not CLASSICAL.identity_grade


def test_the_eyes_are_where_they_are_drawn(known):
    spacing = looks(0).eye_spacing
    drawn = [(200 - spacing / 4, 205), (200 + spacing / 4, 205)]
    assert np.array(known[0].eyes) == pytest.approx(np.array(drawn), abs=6)


def test_what_photos_are_judged_by_is_the_same(known):
    assert known[0].quality == CLASSICAL.look(taken(0)).quality == 1


@pytest.mark.parametrize("how", RETAKEN)
def test_another_photo_of_a_person_is_nearer_than_anybody_else(known, how):
    again = {person: CLASSICAL.analyze(retaken(person, how)) for person in PEOPLE}
    seen = {person: analysis.embedding for person, analysis in again.items() if analysis and analysis.eyes}
    assert len(seen) >= len(PEOPLE) - 2
    same = [vector @ known[person].embedding for person, vector in seen.items()]
    others = [max(vector @ known[other].embedding for other in PEOPLE if other != who) for who, vector in seen.items()]
    margins = np.subtract(same, others)
    assert min(margins) > 0.1
    assert np.mean(margins) > 0.3
    assert np.mean(same) > CLASSICAL.same_person


def test_strangers_are_around_nothing(known):
    cosines = [known[one].embedding @ known[other].embedding for one, other in combinations(PEOPLE, 2)]
    assert abs(np.mean(cosines)) < 0.25
    assert max(cosines) < CLASSICAL.same_person


def test_the_average_that_is_taken_off_is_the_one_that_is_drawn():
    """Of a few of the people: had the description changed, this would be far off."""
    few = average(range(FIRST, FIRST + 8))
    whole = np.load(texture.AVERAGE)
    assert few @ whole / np.linalg.norm(few) / np.linalg.norm(whole) > 0.97


def test_skin_is_as_it_is_drawn(known):
    light, dark = known[4].skin_tone, known[2].skin_tone
    assert light.lightness == pytest.approx(77.5, abs=2)
    assert dark.lightness == pytest.approx(46, abs=2)


def test_a_face_drawn_alike_on_both_sides_is_symmetric(known):
    assert known[0].symmetry > 0.7


def test_a_head_that_leans_is_said_to(known):
    leaning = CLASSICAL.analyze(taken(0, turn=-8)).pose  # PIL turns against the clock
    assert leaning.roll == pytest.approx(8, abs=2.5)
    assert known[0].pose.roll == pytest.approx(0, abs=2.5)
    assert max(abs(leaning.yaw), abs(leaning.pitch)) < 15


def test_proportions_have_names(known):
    ratios = known[0].geometry
    assert ratios["eye_spacing"] == pytest.approx(looks(0).eye_spacing / 2 / looks(0).face[0], abs=0.03)
    assert sorted(ratios) == ["brow_to_eye", "eye_spacing", "eye_to_mouth", "face_width_height_ratio", "mouth_to_chin"]


def test_where_nobody_is_nothing_is_said():
    assert CLASSICAL.analyze(np.asarray(landscape())) is None


def test_a_face_without_eyes_is_not_believed_much(known, monkeypatch):
    monkeypatch.setattr(CLASSICAL, "_eyes", Nothing())
    analysis = CLASSICAL.analyze(taken(0))
    assert (analysis.eyes, analysis.pose, analysis.symmetry, analysis.geometry) == (None, None, None, {})
    assert analysis.quality == BLIND
    assert np.linalg.norm(analysis.embedding) == pytest.approx(1, abs=1e-5)


class Nothing:
    def find(self, grey, *, least):
        return []


def test_threads_share_it(known):
    photos = [taken(person) for person in PEOPLE[:3]] * 2
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(CLASSICAL.analyze, photos))
    for analysis, person in zip(found, PEOPLE[:3] * 2, strict=True):
        np.testing.assert_array_equal(analysis.embedding, known[person].embedding)
