"""Likenesses and whoever wants nothing to do with the other: reported, blocked, consents taken back, leaving."""

import base64
import io

import orjson
import pytest
from django.core.files.storage import storages

from connect import pictures
from connect.enums import Purpose
from connect.models import AccountDeletion, Disclosure, User
from connect.services import consents, erasures
from faces.models import Baby, Face, FaceConnection, FaceMatch, MatchJob, Reaction
from faces.services import reactions, uploads
from matching.models import Connection
from safety.models import Block, Report
from safety.services import reports
from tests.faces.likers import couple, like, member
from tests.pictures import encoded, landscape
from tests.safety.cases import moderator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


def report(client, match):
    return client.post("/api/reports", {"match_id": str(match.id), "reason": "impersonation"}, format="json")


def block(client, match):
    return client.post("/api/blocks", {"match_id": str(match.id)}, format="json")


def uploaded(user, now, seed=1):
    return uploads.add(
        user_id=user.id, picture=pictures.read(io.BytesIO(encoded(landscape(300, 400, seed=seed)))), now=now
    )


# Reports and blocks.


def test_whom_one_is_like_is_reported_before_anybody_likes(api, now):
    first, second, match = couple(now)
    reply = report(api(first), match)
    assert (reply.status_code, reply.json()["subject_kind"]) == (201, "face_match")
    filed = Report.objects.get()
    assert (filed.reported_id, filed.subject_id) == (second.id, match.id)
    assert Block.objects.filter(blocker=first, blocked=second).exists()


def test_the_picture_that_was_shown_is_frozen_with_it(api, now):
    first, second, match = couple(now)
    face = uploaded(second, now)
    FaceMatch.objects.filter(id=match.id).update(**{"face_a" if match.user_a_id == second.id else "face_b": face})
    report(api(first), match)
    found = orjson.loads(reports.read_evidence(report=Report.objects.get(), by=moderator()))
    assert (found["percentile"], len(found["pictures"])) == (93, 1)
    assert base64.b64decode(found["pictures"][0]).startswith(b"\xff\xd8")


def test_one_is_blocked_and_reported_after_that(api, now):
    first, second, match = couple(now)
    like(second, match, now)
    assert block(api(first), match).status_code == 201
    assert not Reaction.objects.exists()
    assert not reactions.shown(second.id, now).exists()
    assert report(api(first), match).status_code == 201


@pytest.mark.parametrize("ask", [report, block])
def test_what_one_takes_no_part_in_or_was_not_told_of_is_not_there(api, now, ask):
    first, _, match = couple(now)
    assert ask(api(member()), match).status_code == 404
    FaceMatch.objects.update(withheld="same_person")
    assert ask(api(first), match).status_code == 404


# Consents.


def revoke(user, purpose, now):
    return consents.revoke(user_id=user.id, purpose=purpose, now=now)


def test_without_analysis_nothing_of_ones_faces_is_left(now, django_capture_on_commit_callbacks):
    first, second, match = couple(now)
    face = uploaded(first, now)
    like(second, match, now)
    with django_capture_on_commit_callbacks(execute=True):
        assert revoke(first, Purpose.FACE_ANALYSIS, now) == {"faces": 2, "face_matches": 1, "lookalikes": 0}
    assert not Face.objects.filter(user=first).exists() and not MatchJob.objects.exists()
    assert not (FaceMatch.objects.exists() or Reaction.objects.exists() or Disclosure.objects.live().exists())
    assert not storages["private"].exists(face.file)
    assert Face.objects.filter(user=second).count() == 1


def test_without_the_search_likenesses_go_and_connections_stay(now):
    first, second, match = couple(now)
    like(first, match, now)
    edge = like(second, match, now)
    assert revoke(first, Purpose.FACE_MATCHING, now) == {"face_matches": 1}
    assert not (FaceMatch.objects.exists() or Reaction.objects.exists())
    assert not Disclosure.objects.live().filter(source="face_match").exists()
    assert Connection.objects.standing().get() == edge
    assert FaceConnection.objects.get().face_match is None
    assert Face.objects.filter(user=first).count() == 1


def test_without_babies_theirs_go_alone(now):
    first, second, match = couple(now)
    Baby.objects.create(match=match, generated_by=second, painter="morph", due_at=now)
    assert revoke(first, Purpose.BABY_IMAGES, now) == {"babies": 1}
    assert FaceMatch.objects.exists() and not Baby.objects.exists()


# Leaving.


def test_who_is_erased_leaves_no_row_vector_or_file(now, django_capture_on_commit_callbacks):
    first, second, match = couple(now)
    face = uploaded(first, now)
    like(first, match, now)
    User.objects.filter(id=first.id).update(status="deletion_pending")
    AccountDeletion.objects.create(user=first, due_at=now)
    with django_capture_on_commit_callbacks(execute=True):
        erasures.erase(user_id=first.id, now=now)
    assert list(Face.objects.values_list("user_id", flat=True)) == [second.id]
    assert not (FaceMatch.objects.exists() or Reaction.objects.exists() or MatchJob.objects.exists())
    assert not storages["private"].exists(face.file)
