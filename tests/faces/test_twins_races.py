"""Telling two people apart beside what else happens to them."""

import pytest

from faces.models import FaceMatch, Twins
from faces.services import searches
from safety.models import AuditLog, SafetyFlag
from safety.services import flags
from tests.connect.overlap import overlap
from tests.faces.alike import chosen, face
from tests.faces.flagged import boss, flag_of, judged, taken_for_one
from tests.matching.test_interests_races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def analyzer(monkeypatch):
    chosen(monkeypatch)


@pytest.fixture
def two(now):
    return taken_for_one(now)


def dismissing(made, now):
    flag, by = flag_of(made.user_id).id, boss()
    return lambda: flags.resolve(flag=flag, by=by, now=now)


def finding(user, now):
    made = face(user, now, 0.97)
    return lambda: searches.find(face_id=made.id, now=now)


@pytest.mark.parametrize("is_first", [True, False], ids=["found first", "told apart first"])
def test_a_face_that_is_found_meanwhile_is_shown_too_and_flags_nobody(two, now, is_first):
    mine, theirs = two
    both = finding(theirs.user, now), dismissing(mine, now)
    overlap(*(both if is_first else reversed(both)))
    judged(now)
    assert FaceMatch.objects.standing(now).count() == 2
    assert list(SafetyFlag.objects.values_list("resolved_at", flat=True)) == [now, now]


def test_staff_who_look_at_the_flags_of_both_at_once_tell_them_apart_once(two, now):
    answers = race([dismissing(made, now) for made in two * 3])
    assert sorted(map(str, answers)) == ["None", *["wrong_state"] * 5]
    assert Twins.objects.count() == 1
    assert AuditLog.objects.filter(action="told_apart").count() == 1
