"""The work that follows an upload: claimed, gone through, tried again, given up; and looking again at what is there."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from config.errors import NotYours, WrongState
from connect import pictures
from faces import tasks
from faces.enums import FaceStatus, JobStatus, JobType
from faces.models import CelebrityMatch, MatchJob
from faces.services import job_runs, jobs, lookalikes, own_faces, reanalyses, searches, uploads
from safety.models import AuditLog
from tests.faces.famous import row
from tests.faces.likers import face_of, member
from tests.factories import UserFactory
from tests.pictures import drawn_face, encoded, landscape

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture(autouse=True)
def found(monkeypatch):
    """What the search for people and for the famous finds, and for which faces it was asked."""
    asked = {"people": [], "celebrities": []}

    def finder(name, number):
        return lambda *, face_id, now: asked[name].append(face_id) or number

    monkeypatch.setattr(searches, "find", finder("people", 3))
    monkeypatch.setattr(lookalikes, "find", finder("celebrities", 2))
    return asked


@pytest.fixture
def told(monkeypatch):
    """The frames of jobs, in order."""
    frames = []
    monkeypatch.setattr(jobs, "publish", lambda people, kind, data: frames.append((list(people), kind, data)))
    return frames


@pytest.fixture
def user():
    return member()


def uploaded(user, now, image=drawn_face, seed=1):
    picture = pictures.read(io.BytesIO(encoded(image(400, 500, seed=seed))))
    return uploads.add(user_id=user.id, picture=picture, now=now)


def job_of(face):
    return MatchJob.objects.filter(face=face).latest("id")


def broken(monkeypatch):
    def fail(face, *, now):
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(job_runs.analyses, "analyze", fail)


def test_a_face_is_analysed_searched_for_and_done(user, now, found):
    face = uploaded(user, now)
    assert job_runs.run_due(now=now) == 1
    face.refresh_from_db()
    assert (face.status, face.analyzer, len(face.embedding)) == (FaceStatus.ANALYZED, "classical-1", 512)
    job = job_of(face)
    assert (job.status, job.stage, job.matches_found, job.lookalikes_found) == ("completed", "done", 3, 2)
    assert found == {"people": [face.id], "celebrities": [face.id]}
    assert job_runs.run_due(now=now) == 0


def test_its_owner_sees_each_stage(user, now, told):
    face = uploaded(user, now)
    job_runs.run_due(now=now)
    assert {(people[0], kind) for people, kind, _ in told} == {(user.id, "match_job.updated")}
    stages = list(dict.fromkeys(data["stage"] for _, _, data in told))
    assert stages == ["analysis", "people", "celebrities", "done"]
    assert told[-1][2] == {
        "job_id": str(job_of(face).id),
        "face_id": str(face.id),
        "status": "completed",
        "stage": "done",
        "matches_found": 3,
        "lookalikes_found": 2,
    }


def test_without_a_face_it_is_done_and_says_so(user, now, found):
    face = uploaded(user, now, landscape)
    job_runs.run_due(now=now)
    face.refresh_from_db()
    job = job_of(face)
    assert (face.status, face.embedding, face.analyzer) == (FaceStatus.NO_FACE, None, "classical-1")
    assert (job.status, job.stage, job.error_message) == ("completed", "done", job_runs.NO_FACE)
    assert found == {"people": [], "celebrities": []}


@pytest.mark.parametrize(
    "kind, searched",
    [(JobType.USER_MATCH, {"people"}), (JobType.CELEBRITY_MATCH, {"celebrities"})],
)
def test_it_does_what_it_is_for(user, now, found, kind, searched):
    jobs.start(face=face_of(user, now), job_type=kind, now=now)
    job_runs.run_due(now=now)
    assert {name for name, faces in found.items() if faces} == searched


def test_what_fails_is_tried_again_later_and_later(user, now, monkeypatch):
    face, waits = uploaded(user, now), []
    broken(monkeypatch)
    for _ in range(2):
        due = job_of(face).due_at
        job_runs.run_due(now=due)
        waits.append(job_of(face).due_at - due)
    assert waits == [jobs.FIRST_WAIT, 2 * jobs.FIRST_WAIT]
    assert (job_of(face).status, job_of(face).error_message) == (JobStatus.PENDING, jobs.TRIED_AGAIN)


def test_after_three_attempts_it_failed_and_tells_nothing_of_the_machine(user, now, monkeypatch):
    face = uploaded(user, now)
    broken(monkeypatch)
    for hours in range(3):
        job_runs.run_due(now=now + timedelta(hours=hours))
    job = job_of(face)
    assert (job.status, job.attempts, job.error_message) == (JobStatus.FAILED, 3, jobs.GIVEN_UP)
    assert job_runs.run_due(now=now + timedelta(days=1)) == 0


def test_one_whose_worker_is_gone_is_taken_over_when_its_claim_ends(user, now):
    face = uploaded(user, now)
    jobs.claim(now)
    assert job_runs.run_due(now=now + jobs.CLAIM - timedelta(seconds=1)) == 0
    assert job_runs.run_due(now=now + jobs.CLAIM) == 1
    assert (job_of(face).status, job_of(face).attempts) == (JobStatus.COMPLETED, 2)


def test_one_that_no_worker_survives_is_given_up(user, now):
    face = uploaded(user, now)
    for claims in range(4):
        jobs.claim(now + claims * jobs.CLAIM)
    assert (job_of(face).status, job_of(face).attempts) == (JobStatus.FAILED, 3)


def test_a_worker_that_was_taken_over_writes_nothing_more(user, now):
    face = uploaded(user, now)
    late = jobs.claim(now)
    job_runs.run_due(now=now + jobs.CLAIM)
    before = job_of(face).completed_at
    job_runs.run(late, now)
    assert job_of(face).completed_at == before


def test_a_face_deleted_meanwhile_is_no_failure(user, now, caplog):
    face = uploaded(user, now)
    job = jobs.claim(now)
    own_faces.remove(user_id=user.id, face_id=face.id, now=now)
    job_runs.run(job, now)
    assert not MatchJob.objects.exists()


def test_what_is_asked_of_a_face_with_a_job_is_done_along(user, now):
    face = face_of(user, now)
    jobs.start(face=face, job_type=JobType.CELEBRITY_MATCH, now=now)
    jobs.start(face=face, job_type=JobType.USER_MATCH, now=now)
    assert job_of(face).job_type == JobType.BOTH
    assert MatchJob.objects.filter(face=face).count() == 1


def test_what_is_asked_while_a_worker_is_at_it_is_gone_through_again(user, now, found):
    face = face_of(user, now)
    jobs.start(face=face, job_type=JobType.CELEBRITY_MATCH, now=now)
    job = jobs.claim(now)
    jobs.start(face=face, job_type=JobType.USER_MATCH, now=now + timedelta(seconds=1))
    job_runs.run(job, now)
    assert job_of(face).status == JobStatus.PENDING
    job_runs.run_due(now=now + timedelta(seconds=1))
    assert (job_of(face).status, found["people"]) == (JobStatus.COMPLETED, [face.id])


def test_what_is_asked_while_its_last_attempt_fails_is_gone_through_all_the_same(user, now, monkeypatch):
    face = face_of(user, now)
    jobs.start(face=face, job_type=JobType.CELEBRITY_MATCH, now=now)
    MatchJob.objects.update(attempts=2)
    job = jobs.claim(now)
    jobs.start(face=face, job_type=JobType.USER_MATCH, now=now + timedelta(seconds=1))
    broken(monkeypatch)
    job_runs.run(job, now)
    assert (job_of(face).status, job_of(face).attempts, job_of(face).due_at) == (
        JobStatus.PENDING,
        0,
        now + timedelta(seconds=1),
    )


class TestMany:
    """More jobs than one look takes."""

    @pytest.fixture
    def waiting(self, user, now):
        faces = [face_of(user, now) for _ in range(job_runs.BATCH + 1)]
        rows = [(face.id, user.id) for face in faces]
        with transaction.atomic():
            jobs.start_many(faces=rows, job_type=JobType.USER_MATCH, now=now - timedelta(hours=1))

    @pytest.fixture
    def sent(self, monkeypatch):
        """How often each look that was asked for may be followed."""
        asked = []
        monkeypatch.setattr(tasks.run_jobs, "apply_async", lambda args, expires: asked.append(args))
        return asked

    def test_what_somebody_waits_for_goes_first(self, user, now, waiting):
        face = uploaded(user, now)
        assert jobs.claim(now).face_id == face.id

    def test_so_does_one_that_somebody_asked_for_since(self, now, waiting):
        newest = MatchJob.objects.latest("due_at", "id").face
        jobs.start(face=newest, job_type=JobType.USER_MATCH, now=now)
        assert jobs.claim(now).face_id == newest.id

    def test_a_look_that_finds_its_hands_full_has_another_follow(self, waiting, sent):
        tasks.run_jobs(more=3)
        assert sent == [(2,)]

    def test_no_more_follow_than_were_allowed(self, waiting, sent):
        tasks.run_jobs(more=0)
        assert sent == []

    def test_one_that_leaves_none_is_followed_by_none(self, user, now, sent):
        uploaded(user, now)
        tasks.run_jobs()
        assert sent == []


class TestRetrying:
    @pytest.fixture
    def failed(self, user, now):
        jobs.start(face=face_of(user, now), job_type=JobType.BOTH, now=now)
        MatchJob.objects.update(status=JobStatus.PROCESSING)
        MatchJob.objects.update(status=JobStatus.FAILED, attempts=3, error_message=jobs.GIVEN_UP)
        return MatchJob.objects.get()

    def test_it_begins_anew_and_that_is_on_record(self, failed, now):
        staff = UserFactory(staff=True)
        jobs.retry(job_id=failed.id, by=staff.id, now=now)
        failed.refresh_from_db()
        assert (failed.status, failed.stage, failed.attempts, failed.error_message) == ("pending", "waiting", 0, "")
        assert AuditLog.objects.filter(action="match_job_retried", actor_id=staff.id, entity_id=failed.id).exists()

    def test_only_one_that_failed(self, failed, now):
        jobs.retry(job_id=failed.id, by=UserFactory().id, now=now)
        with pytest.raises(WrongState) as refused:
            jobs.retry(job_id=failed.id, by=UserFactory().id, now=now)
        assert refused.value.code == "job_not_failed"

    def test_none_beside_another_of_the_face(self, failed, now):
        jobs.start(face=failed.face, job_type=JobType.BOTH, now=now)
        with pytest.raises(WrongState) as refused:
            jobs.retry(job_id=failed.id, by=UserFactory().id, now=now)
        assert refused.value.code == "job_replaced"

    def test_one_that_is_not_there(self, user, now):
        with pytest.raises(NotYours):
            jobs.retry(job_id=user.id, by=user.id, now=now)


class TestLookingAgain:
    def other_analyzer(self, monkeypatch):
        chosen = reanalyses.analyzers.analyzer()
        monkeypatch.setattr(type(chosen), "name", "classical-2")

    def test_another_analyzer_begins_with_nothing(self, user, now, monkeypatch):
        face = face_of(user, now, age=40)
        assert reanalyses.reanalyze(now=now) == 0
        self.other_analyzer(monkeypatch)
        assert reanalyses.reanalyze(now=now) == 1
        face.refresh_from_db()
        assert (face.status, face.embedding, face.age, face.analyzer) == (FaceStatus.PENDING, None, None, "")
        assert face.verdict == "verified"
        assert job_of(face).job_type == JobType.BOTH

    def test_whom_of_the_famous_the_old_one_found_it_like_is_gone(self, user, now, monkeypatch):
        face = face_of(user, now)
        CelebrityMatch.objects.create(
            face=face, celebrity=row(now, 10), similarity_score=0.9, analyzer=face.analyzer, updated_at=now
        )
        self.other_analyzer(monkeypatch)
        reanalyses.reanalyze(now=now)
        assert not CelebrityMatch.objects.exists()

    def test_it_goes_on_where_it_stopped(self, user, now, monkeypatch):
        for _ in range(3):
            face_of(user, now)
        self.other_analyzer(monkeypatch)
        assert [reanalyses.reanalyze(now=now, limit=2) for _ in range(3)] == [2, 1, 0]

    def test_the_command_asks_for_as_many_as_it_is_told(self, user, now, monkeypatch, capsys):
        for _ in range(3):
            face_of(user, now)
        self.other_analyzer(monkeypatch)
        call_command("reanalyze_faces", most=2)
        call_command("reanalyze_faces")
        told = "faces wait to be looked at again"
        assert capsys.readouterr().out.splitlines() == [f"2 {told}", f"1 {told}"]
