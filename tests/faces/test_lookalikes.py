"""Whom of the famous a face is like: the ten nearest, kept, and found anew when the famous change."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.enums import Purpose
from connect.services import consents
from faces.models import Celebrity, CelebrityMatch, Face, MatchJob
from faces.services import celebrities, lookalikes
from tests.faces.famous import direction, faced, row
from tests.factories import UserFactory
from tests.safety import rows_of_faces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def like(face):
    """Names of the famous it is like, the most alike first."""
    found = CelebrityMatch.objects.filter(face=face).order_by("-similarity_score")
    return list(found.values_list("celebrity__name", flat=True))


def find(face, now):
    return lookalikes.find(face_id=face.id, now=now)


# Found.


def test_the_ten_nearest_are_found_with_how_near_they_are(now):
    face = faced(now)
    for angle in range(0, 96, 8):
        row(now, angle)
    assert find(face, now) == 10
    assert like(face) == [f"At {angle}" for angle in range(0, 80, 8)]
    nearest, *_, last = CelebrityMatch.objects.order_by("-similarity_score")
    assert nearest.similarity_score == pytest.approx(1, abs=1e-6)
    assert (last.similarity_score, last.analyzer) == (pytest.approx(np.cos(np.radians(72)), abs=1e-6), "classical-1")


def test_one_that_points_away_is_not_alike_at_all(now):
    face, _ = faced(now), row(now, 170)
    find(face, now)
    assert CelebrityMatch.objects.get().similarity_score == 0


def test_what_another_analyzer_saw_is_never_compared_however_much_of_it_is_nearer(now):
    face = faced(now)
    for angle in range(120):
        row(now, angle / 100, analyzer="other-2")
    row(now, 80)
    assert (find(face, now), like(face)) == (1, ["At 80"])


def test_a_famous_face_without_an_embedding_takes_no_part(now):
    face, _ = faced(now), row(now, 0, embedding=None)
    assert find(face, now) == 0


def test_found_again_the_rows_stay_and_those_that_fell_out_go(now):
    face = faced(now)
    for angle in range(10, 110, 10):
        row(now, angle)
    find(face, now)
    kept = set(CelebrityMatch.objects.exclude(celebrity__name="At 100").values_list("id", flat=True))
    row(now, 5)
    later = now + timedelta(hours=1)
    assert find(face, later) == 10
    assert like(face) == ["At 5", *(f"At {angle}" for angle in range(10, 100, 10))]
    assert kept < set(CelebrityMatch.objects.values_list("id", flat=True))
    assert set(CelebrityMatch.objects.values_list("updated_at", flat=True)) == {later}


def test_it_takes_one_statement_to_write_them(now):
    face = faced(now)
    for angle in range(0, 60, 5):
        row(now, angle)
    with CaptureQueriesContext(connection) as queries:
        find(face, now)
    assert [q["sql"].count("INSERT INTO") for q in queries if "faces_celebritymatch" in q["sql"]] == [1]


def test_the_index_is_used(now):
    face = faced(now)
    statement = lookalikes._FOUND.partition("), fallen")[0].partition("MATERIALIZED (")[2]
    given = {"embedding": str(list(map(float, face.embedding))), "analyzer": "classical-1", "most": 10}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "idx_celebrities_embedding" in plan


def test_nobody_has_to_have_said_that_the_face_is_ones_own(now):
    face, _ = faced(now), row(now, 10)
    Face.objects.filter(id=face.id).update(verdict="rejected")
    assert (find(face, now), like(face)) == (0, [])
    open_one = Face.objects.create(user=face.user, **rows_of_faces.picture("faces"))
    Face.objects.filter(id=open_one.id).update(status="analyzed", **rows_of_faces.found(now))
    assert find(open_one, now) == 1


def test_without_the_consent_what_was_kept_goes(now):
    face, _ = faced(now), row(now, 10)
    find(face, now)
    face.user.consents.update(revoked_at=now)
    assert (find(face, now), like(face)) == (0, [])


def test_the_consent_to_be_found_by_people_is_not_needed(now):
    face, _ = faced(now), row(now, 10)
    assert not face.user.consents.filter(purpose=Purpose.FACE_MATCHING).exists()
    assert find(face, now) == 1


def test_a_face_that_is_gone_or_was_not_analysed_is_like_nobody(now):
    row(now, 10)
    plain = Face.objects.create(user=UserFactory(), **rows_of_faces.picture("faces"))
    consents.grant(user_id=plain.user_id, purpose=Purpose.FACE_ANALYSIS, version="v1", now=now)
    assert find(plain, now) == 0
    assert lookalikes.find(face_id=plain.user_id, now=now) == 0


# Found anew.


def settled(now):
    return now + lookalikes.SETTLED


def jobs(face):
    return list(MatchJob.objects.filter(face=face).values_list("job_type", "status"))


WAITS = ("celebrity_match", "pending")


def test_when_the_famous_changed_faces_are_looked_at_anew_once_that_is_settled(now):
    face, _ = faced(now), row(now, 10)
    assert lookalikes.refresh_due(now=settled(now) - timedelta(seconds=1)) == 0
    assert [lookalikes.refresh_due(now=settled(now)) for _ in range(2)] == [1, 0]
    assert jobs(face) == [WAITS]


def test_one_that_was_looked_at_since_is_left_alone(now):
    face, _ = faced(now), row(now, 10)
    find(face, settled(now))
    assert lookalikes.refresh_due(now=settled(now) + timedelta(hours=1)) == 0
    row(now + timedelta(hours=1), 20)
    assert lookalikes.refresh_due(now=settled(now) + timedelta(hours=1)) == 1


def test_one_whose_job_failed_is_not_asked_for_ever(now):
    face, _ = faced(now), row(now, 10)
    lookalikes.refresh_due(now=settled(now))
    for status in ("processing", "failed"):
        MatchJob.objects.filter(face=face).update(status=status)
    assert lookalikes.refresh_due(now=settled(now) + timedelta(hours=1)) == 0


def test_one_that_has_a_job_already_waits_for_its_end(now):
    face, _ = faced(now), row(now, 10)
    job = MatchJob.objects.create(face=face, user=face.user, job_type="user_match", due_at=now)
    assert lookalikes.refresh_due(now=settled(now)) == 0
    for status in ("processing", "completed"):
        MatchJob.objects.filter(id=job.id).update(status=status)
    assert lookalikes.refresh_due(now=settled(now)) == 1


@pytest.mark.parametrize("fields", [{"analyzer": "other-2"}, {"embedding": None}, {"verdict": "rejected"}])
def test_one_that_cannot_be_compared_is_not_asked(now, fields):
    face, _ = faced(now), row(now, 10)
    Face.objects.filter(id=face.id).update(**fields)
    assert lookalikes.refresh_due(now=settled(now)) == 0


def test_without_anybody_famous_there_is_nothing_to_do(now):
    faced(now)
    assert lookalikes.refresh_due(now=settled(now)) == 0


def test_many_are_asked_in_batches_of_three_statements(now, monkeypatch):
    monkeypatch.setattr(lookalikes, "BATCH", 2)
    row(now, 10)
    for _ in range(5):
        faced(now)
    with CaptureQueriesContext(connection) as queries:
        assert lookalikes.refresh_due(now=settled(now)) == 2
    assert len([q for q in queries if "faces_" in q["sql"]]) == 3
    assert [lookalikes.refresh_due(now=settled(now)) for _ in range(3)] == [2, 1, 0]


def test_whose_famous_likeness_is_taken_out_is_looked_at_anew(now):
    face, other = faced(now), faced(now, embedding=direction(90))
    gone = row(now, 10)
    find(face, now)
    celebrities.delete(celebrity_id=gone.id, by=None, now=now)
    assert (jobs(face), jobs(other), like(face)) == ([WAITS], [], [])


@pytest.mark.parametrize("status, kind", [("pending", "user_match"), ("processing", "celebrity_match")])
def test_a_job_of_theirs_does_it_along_or_once_more(now, status, kind):
    face, gone = faced(now), row(now, 10)
    find(face, now)
    job = MatchJob.objects.create(face=face, user=face.user, job_type=kind, due_at=now - timedelta(hours=1))
    MatchJob.objects.filter(id=job.id).update(status=status)
    celebrities.delete(celebrity_id=gone.id, by=None, now=now)
    job.refresh_from_db()
    wanted = "both" if kind == "user_match" else kind
    assert (MatchJob.objects.count(), job.job_type, job.due_at) == (1, wanted, now)


# Told.


def told(client, face):
    return client.get(f"/api/matches/celebrity/{face.id}")


def test_one_is_told_whom_ones_face_is_like_in_steps_of_five(api, now):
    face = faced(now)
    row(now, 40, name="Far", category="actor")
    row(now, 11, name="Near")
    find(face, now)
    reply = told(api(face.user), face).json()
    assert [(entry["similarity"], entry["celebrity"]["name"]) for entry in reply["results"]] == [
        (100, "Near"),
        (75, "Far"),
    ]
    assert reply["results"][1]["celebrity"]["picture"]["link"].startswith("/api/celebrities/")


def test_what_to_make_of_it_is_said_in_the_readers_language(api, now):
    face = faced(now)
    client = api(face.user)
    english = told(client, face).json()["analyzer"]
    german = client.get(f"/api/matches/celebrity/{face.id}", HTTP_ACCEPT_LANGUAGE="de").json()["analyzer"]
    assert (english["name"], english["identity_grade"]) == ("classical-1", False)
    assert "Take it as a game." in english["note"] and "Spiel" in german["note"]


def test_what_another_analyzer_found_is_not_told(api, now):
    face = faced(now)
    row(now, 10)
    find(face, now)
    CelebrityMatch.objects.update(analyzer="classical-0")
    assert told(api(face.user), face).json()["results"] == []


def test_nobody_is_told_of_somebody_elses_face(api, now):
    face = faced(now)
    assert told(api(UserFactory()), face).status_code == 404
    assert told(api(face.user), face).status_code == 200
    assert told(api(), face).status_code == 401


def test_ten_take_as_many_queries_as_one(api, now):
    counts = []
    for angles in ([0], range(10, 100, 10)):
        face = faced(now)
        for angle in angles:
            row(now, angle)
        find(face, now)
        client = api(face.user)
        told(client, face)
        with CaptureQueriesContext(connection) as queries:
            told(client, face)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Celebrity.objects.count() == 10
