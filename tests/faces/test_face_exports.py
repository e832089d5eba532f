"""What somebody's export says of likeness: what they may know, and with what it belongs to."""

import pytest

from faces.models import Celebrity, CelebrityMatch, FaceMatch, MatchJob, Reaction
from safety.personal_data import parts
from tests.faces.likers import alike, couple, like
from tests.safety.rows_of_faces import found, picture

pytestmark = pytest.mark.django_db


def told(model, user):
    (part,) = [part for part in parts() if part.model is model]
    return [part.show(row, user.id) for row in part.rows(user.id)]


def test_a_like_that_waits_for_something_tells_nothing_of_the_others(now):
    first, _, match = couple(now)
    like(first, match, now)
    Reaction.objects.update(waiting_since=now)
    (row,) = told(Reaction, first)
    assert row.keys() == {"id", "match_id", "reaction_type", "created_at"}
    assert row["match_id"] == match.id


def test_a_likeness_is_told_in_steps(now):
    first, second, _ = couple(now)
    FaceMatch.objects.all().delete()
    match = alike(first, second, now, total=0.6684, factors={"embedding": 0.7312, "age": None}, percentile=93)
    (row,) = told(FaceMatch, first)
    assert (row["total"], row["factors"], row["percentile"]) == (65, {"embedding": 75, "age": None}, 90)
    assert row["face_id"] == match.face_of(first.id)
    assert "similarity_score" not in row


def test_a_lookalike_has_a_name_and_a_job_its_face(now):
    first, _, match = couple(now)
    star = Celebrity.objects.create(name="Greta Gadwall", **picture("celebrities"), **found(now))
    face = match.face_of(first.id)
    CelebrityMatch.objects.create(face_id=face, celebrity=star, similarity_score=0.61, analyzer="classical-1")
    MatchJob.objects.create(face_id=face, user=first, due_at=now)
    (lookalike,), (job,) = told(CelebrityMatch, first), told(MatchJob, first)
    assert (lookalike["celebrity"], lookalike["similarity"], lookalike["face_id"]) == ("Greta Gadwall", 60, face)
    assert job["face_id"] == face
