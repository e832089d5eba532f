"""Two who were taken for one person, and what becomes of them once staff have looked."""

import pytest

from faces.enums import Withheld
from faces.models import Face, FaceMatch, Twins
from faces.services import own_faces, searches
from safety.models import AuditLog, SafetyFlag
from tests.faces.alike import chosen, draft, face, person
from tests.faces.flagged import confirm, dismiss, judged, taken_for_one
from tests.faces.test_searches import KEPT_APART

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def analyzer(monkeypatch):
    chosen(monkeypatch)


@pytest.fixture(autouse=True)
def told(monkeypatch):
    sent = []
    monkeypatch.setattr("faces.services.findings.publish_each", sent.extend)
    return sent


@pytest.fixture
def two(now):
    return taken_for_one(now)


def standing(now):
    return FaceMatch.objects.standing(now).count()


def withheld():
    return list(FaceMatch.objects.values_list("withheld", flat=True))


def test_told_apart_they_are_shown_to_each_other_as_any_two_who_are_alike(two, told, now):
    mine, theirs = two
    assert (standing(now), told) == (0, [])
    dismiss(mine.user_id, now)
    assert judged(now) == 1
    match = FaceMatch.objects.get()
    assert (match.withheld, standing(now)) == ("", 1)
    frames = {(user, kind, data["match_id"]) for user, kind, data in told}
    assert frames == {(made.user_id, "face_match.new", str(match.id)) for made in (mine, theirs)}
    assert len(told) == 2


def test_who_told_them_apart_is_on_record_and_the_flags_of_both_are_resolved(two, now):
    dismiss(two[1].user_id, now)
    pair = Twins.objects.get()
    assert (pair.user_a_id, pair.user_b_id) == tuple(sorted(made.user_id for made in two))
    by = AuditLog.objects.get(action="told_apart", entity_id=pair.id).actor_id
    assert set(SafetyFlag.objects.values_list("resolved_by", "resolved_at")) == {(by, now)}


@pytest.mark.parametrize("of", [0, 1], ids=["of the one", "of the other"])
def test_of_several_likenesses_all_are_shown_and_the_best_is_told(told, now, of):
    two = [face(person(), now, 0.96) for _ in range(2)]
    searches.find(face_id=two[0].id, now=now)
    searches.find(face_id=face(two[of].user, now).id, now=now)
    assert withheld() == [Withheld.SAME_PERSON] * 2
    dismiss(two[0].user_id, now)
    judged(now)
    assert standing(now) == 2
    best = FaceMatch.objects.get(similarity_score__gt=0.95)
    assert [data["match_id"] for _, _, data in told] == [str(best.id)] * 2


def test_what_was_shown_before_they_were_taken_for_one_is_shown_again(two, now):
    mine, theirs = two
    another = face(theirs.user, now, 0.7)
    searches.find(face_id=another.id, now=now)
    dismiss(mine.user_id, now)
    judged(now)
    assert set(withheld()) == {""}
    assert standing(now) == 2


def test_a_poor_picture_stays_withheld_for_that_reason(now, told):
    mine, _ = taken_for_one(now, quality_score=0.2)
    dismiss(mine.user_id, now)
    judged(now)
    assert (withheld(), standing(now), told) == ([Withheld.QUALITY], 0, [])


def test_what_is_no_likeness_but_for_being_taken_for_one_goes(now, told):
    draft(threshold=0.995)
    mine, theirs = taken_for_one(now)
    assert withheld() == [Withheld.SAME_PERSON]
    dismiss(mine.user_id, now)
    judged(now)
    assert searches.find(face_id=theirs.id, now=now) == 0
    assert (withheld(), told) == ([], [])


# Later searches.


def test_another_face_of_theirs_is_neither_withheld_nor_flagged(two, now):
    mine, theirs = two
    dismiss(mine.user_id, now)
    judged(now)
    assert searches.find(face_id=face(theirs.user, now, 0.97).id, now=now) == 1
    assert withheld() == ["", ""]
    assert not SafetyFlag.objects.live().exists()


def test_they_stay_told_apart_when_all_their_pictures_are_new(two, now):
    mine, theirs = two
    dismiss(mine.user_id, now)
    for made in two:
        own_faces.forget(user_id=made.user_id, now=now)
    again = [face(made.user, now, cosine) for made, cosine in ((mine, 1.0), (theirs, 0.95))]
    assert searches.find(face_id=again[1].id, now=now) == 1
    assert (withheld(), SafetyFlag.objects.live().count()) == ([""], 0)


def test_somebody_else_who_is_taken_for_one_of_them_is_flagged(two, now):
    mine, _ = two
    dismiss(mine.user_id, now)
    judged(now)
    third = taken_for_one(now, 0.97)[0]
    assert SafetyFlag.objects.live().filter(user=third.user_id).exists()
    assert FaceMatch.objects.of(mine.user_id).of(third.user_id).get().withheld == Withheld.SAME_PERSON


# What keeps them apart all the same.


@pytest.mark.parametrize(
    "which", ["no consent to be compared", "restricted", "suspended", "blocks", "blocked", "matched", "not their own"]
)
def test_told_apart_they_are_not_shown_to_each_other_where_anything_else_forbids_it(two, told, now, which):
    mine, theirs = two
    KEPT_APART[which](mine, theirs, now)
    dismiss(mine.user_id, now)
    assert judged(now) == 1
    assert (standing(now), told) == (0, [])


def test_a_flag_is_resolved_whose_likeness_is_gone(two, now):
    mine, theirs = two
    Face.objects.filter(id=theirs.id).delete()
    dismiss(mine.user_id, now)
    assert (Twins.objects.count(), judged(now)) == (1, 0)


def test_who_is_left_alone_is_told_apart_from_nobody(two, now):
    mine, theirs = two
    SafetyFlag.objects.filter(user=theirs.user_id).delete()
    dismiss(mine.user_id, now)
    assert not Twins.objects.exists()


# Confirmed.


def test_where_a_measure_followed_they_stay_withheld(two, told, now):
    mine, theirs = two
    confirm(mine.user_id, now)
    dismiss(theirs.user_id, now)
    assert (judged(now), Twins.objects.exists()) == (0, False)
    assert searches.find(face_id=theirs.id, now=now) == 0
    assert (withheld(), standing(now), told) == ([Withheld.SAME_PERSON], 0, [])
    assert not SafetyFlag.objects.live().exists()
