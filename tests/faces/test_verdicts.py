"""Whose face a picture shows: by the profile photos, and by moderators."""

import io

import numpy as np
import pytest

from config.errors import Forbidden, NotYours, WrongState
from connect import pictures
from connect.models import Notification, Photo, Profile
from connect.services import photos
from faces.engine.analysis import Analysis
from faces.enums import JobType, Judge, Verdict
from faces.models import CelebrityMatch, Face, FaceMatch, MatchJob, Reaction
from faces.models.analyzed import EMPTY
from faces.services import analyses, job_runs, jobs, searches, verdicts
from safety.models import AuditLog
from tests.faces.likers import alike, face_of, like, member
from tests.factories import UserFactory
from tests.pictures import encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]
ME, ANOTHER = np.eye(2, 512, dtype="float32")


class Knowing:
    """An analyzer of identity grade, which tells people apart by how bright their picture is."""

    name, identity_grade, same_person = "knowing-1", True, 0.6

    def analyze(self, pixels):
        embedding = ME if pixels.mean() > 128 else ANOTHER
        return Analysis(embedding=embedding, quality=0.9, blur=0.9, illumination=0.9, geometry={})


@pytest.fixture
def knowing(monkeypatch):
    chosen = Knowing()
    monkeypatch.setattr(verdicts.analyzers, "analyzer", lambda: chosen)
    return chosen


@pytest.fixture
def user():
    return member()


def photo(user, now, seed, *, mine, has_face=True):
    light = (230 if mine else 20) + seed
    picture = pictures.read(io.BytesIO(encoded(landscape(300, 400).point(lambda old: light))))
    seen = photos.Sighting(photos.detection.Box(0, 0, 100, 100) if has_face else None, 0.9)
    return photos.add(user_id=user.id, examined=photos.Examined(picture, seen, "none-1"), now=now)


def open_face(user, now, **fields):
    """A face that was analysed, and of which nobody said whose it is."""
    face = face_of(user, now, **{"analyzer": "knowing-1", "embedding": ME, "identity_grade": True} | fields)
    row = Face.objects.create(
        user=user, file=f"{face.file}2", file_key=b"key", size=1, digest="d" * 64, width=1, height=1
    )
    row.status, row.analyzer, row.analyzed_at, row.embedding = "analyzed", face.analyzer, now, face.embedding
    row.identity_grade = face.identity_grade
    row.save()
    face.delete()
    return row


def decide(face, verified, now, by=None):
    return verdicts.decide(face_id=face.id, verified=verified, by=(by or UserFactory(staff=True)).id, now=now)


# By photos.


@pytest.mark.parametrize("mine, others, verdict", [(2, 1, "verified"), (1, 1, "open"), (0, 3, "open"), (0, 0, "open")])
def test_it_is_ones_own_that_most_photos_show(user, now, knowing, mine, others, verdict):
    for seed in range(mine + others):
        photo(user, now, seed, mine=seed < mine)
    face = open_face(user, now)
    assert verdicts.judge_by_photos(face, now=now) is (verdict == "verified")
    face.refresh_from_db()
    assert (face.verdict, face.judged_by) == (verdict, Judge.PHOTOS if verdict == "verified" else "")


def test_a_photo_whose_file_is_gone_says_nothing(user, now, knowing):
    for seed in range(2):
        photo(user, now, seed, mine=True)
    Photo.objects.filter(position=2).update(file="photos/00/gone.jpg")
    assert verdicts.judge_by_photos(open_face(user, now), now=now)


def test_who_cannot_tell_people_apart_is_not_asked(user, now, monkeypatch):
    photo(user, now, 1, mine=True)
    monkeypatch.setattr(analyses, "read", lambda *given: pytest.fail("nobody is to look"))
    assert not verdicts.judge_by_photos(open_face(user, now, analyzer="classical-1"), now=now)


def test_what_a_moderator_said_stands(user, now, knowing):
    photo(user, now, 1, mine=True)
    face = decide(open_face(user, now), False, now)
    assert not verdicts.judge_by_photos(Face.objects.get(id=face.id), now=now)


def test_a_photo_that_comes_later_is_judged_by_too(user, now, knowing):
    face = open_face(user, now)
    photo(user, now, 1, mine=True)
    job_runs.run_due(now=now)
    face.refresh_from_db()
    assert (face.verdict, face.judged_by) == ("verified", Judge.PHOTOS)


def test_so_is_what_is_left_when_one_goes(user, now, knowing):
    stranger = photo(user, now, 1, mine=False)
    photo(user, now, 2, mine=True)
    face = open_face(user, now)
    photos.remove(user_id=user.id, photo_id=stranger.id, now=now)
    job_runs.run_due(now=now)
    face.refresh_from_db()
    assert face.verdict == "verified"


def test_a_photo_without_a_face_says_nothing_of_anybody(user, now):
    open_face(user, now)
    photo(user, now, 1, mine=True, has_face=False)
    assert not MatchJob.objects.exists()


@pytest.mark.parametrize("known", [{"identity_grade": False}, {"verdict": "verified"}])
def test_photos_say_nothing_where_nobody_can_tell_or_it_is_known(user, now, known):
    face = open_face(user, now)
    judged = {"judged_by": "photos", "judged_at": now} if "verdict" in known else {}
    Face.objects.filter(id=face.id).update(**known, **judged)
    photo(user, now, 1, mine=True)
    assert not MatchJob.objects.exists()


# By moderators.


def test_verified_it_is_searched_for_and_its_person_is_told(user, now):
    face, moderator = open_face(user, now), UserFactory(staff=True)
    decide(face, True, now, moderator)
    face.refresh_from_db()
    assert (face.verdict, face.judged_by, face.judge, face.judged_at) == ("verified", "moderator", moderator.id, now)
    assert MatchJob.objects.get(face=face).job_type == "user_match"
    assert AuditLog.objects.filter(action="face_verified", actor_id=moderator.id, entity_id=face.id).exists()
    assert Notification.objects.get(user=user).title == "Your picture was looked at"


def test_people_are_told_in_their_language(user, now):
    Profile.objects.filter(user=user).update(languages=["de"])
    decide(open_face(user, now), False, now)
    assert Notification.objects.get(user=user).title == "Dein Bild wurde angesehen"


def test_rejected_it_loses_all_that_was_made_of_it(user, now):
    other = member()
    match = alike(user, other, now)
    like(other, match, now)
    decide(match.face_a if match.user_a_id == user.id else match.face_b, False, now)
    assert not (FaceMatch.objects.exists() or Reaction.objects.exists() or CelebrityMatch.objects.exists())
    assert Face.objects.filter(verdict=Verdict.REJECTED).count() == 1


def test_rejected_nothing_is_known_of_it_any_more(user, now):
    face = decide(open_face(user, now), False, now)
    assert face.status == "pending"
    assert {name: getattr(face, name) for name in EMPTY} == EMPTY


def test_verified_after_all_it_is_looked_at_anew(user, now):
    face = decide(open_face(user, now), False, now)
    decide(face, True, now)
    assert MatchJob.objects.get(face=face).job_type == "both"


def test_at_a_rejected_one_nobody_looks(user, now):
    face = decide(open_face(user, now), False, now)
    jobs.start(face=face, job_type=JobType.BOTH, now=now)
    assert job_runs.run_due(now=now) == 1
    face.refresh_from_db()
    assert (face.status, MatchJob.objects.get(face=face).status) == ("pending", "completed")


def test_the_same_again_changes_and_tells_nothing(user, now):
    face = open_face(user, now)
    for _ in range(2):
        decide(face, True, now)
    assert Notification.objects.filter(user=user).count() == 1


def test_another_moderator_may_think_otherwise(user, now):
    face = open_face(user, now)
    assert [decide(face, verified, now).verdict for verified in (True, False, True)] == [
        "verified",
        "rejected",
        "verified",
    ]


def test_nobody_judges_a_face_that_is_like_their_own(user, now):
    staff = member(staff=True)
    match = alike(user, staff, now)
    with pytest.raises(Forbidden) as refused:
        decide(match.face_a if match.user_a_id == user.id else match.face_b, False, now, staff)
    assert refused.value.code == "own_case"


def test_nobody_judges_their_own(now):
    staff = member(staff=True)
    with pytest.raises(Forbidden) as refused:
        decide(open_face(staff, now), True, now, staff)
    assert refused.value.code == "own_case"


def test_what_shows_no_face_is_nobodys_own(user, now):
    face = open_face(user, now)
    Face.objects.filter(id=face.id).update(status="pending", embedding=None)
    with pytest.raises(WrongState) as refused:
        decide(face, True, now)
    assert refused.value.code == "face_not_analyzed"
    assert decide(face, False, now).verdict == "rejected"


def test_a_face_that_is_not_there(user, now):
    with pytest.raises(NotYours):
        verdicts.decide(face_id=user.id, verified=True, by=user.id, now=now)


def test_one_that_a_job_finds_to_be_ones_own_is_searched_for(user, now, knowing, monkeypatch):
    """Also where only lookalikes were asked for."""
    photo(user, now, 1, mine=True)
    asked = []
    monkeypatch.setattr(searches, "find", lambda *, face_id, now: asked.append(face_id) or 1)
    face = open_face(user, now)
    jobs.start(face=face, job_type="celebrity_match", now=now)
    job_runs.run_due(now=now)
    assert asked == [face.id]
