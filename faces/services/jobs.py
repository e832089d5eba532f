"""The work that follows an upload, as rows: claimed, committed, then gone through stage by stage.

Analysing takes a second in which no transaction waits. Killed anywhere, the next worker goes on when the claim runs
out, until the attempts are used up; each stage is safe to repeat.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from config import hints
from config.errors import NotYours, WrongState
from connect.realtime import publish
from faces.enums import UNFINISHED, JobStage, JobStatus, JobType
from faces.models import Face, MatchJob
from faces.services import analyses, verdicts
from safety.roles import as_service
from safety.services import audit

logger = structlog.get_logger(__name__)

TASK = "faces.tasks.run_jobs"
BATCH = 4
"""Jobs that one look takes, one after the other, so that nothing else waits long for a worker."""
CLAIM = timedelta(minutes=11)
"""Longer than a task may run."""
FIRST_WAIT = timedelta(seconds=30)
NO_FACE = "No face was found in this picture. Send one that shows you from the front, in good light."
TRIED_AGAIN = "This did not work out. It is tried again in a moment."
GIVEN_UP = "This did not work out. Delete the picture and send it again, or another one."


def start(*, face: Face, job_type: JobType, now: datetime) -> MatchJob:
    """Have a worker do this for a face once it is committed; needs the service role.

    A job of the face that is not done yet does it along; one that a worker is at already is gone through again.
    """
    asked = MatchJob(face=face, user_id=face.user_id, job_type=job_type, due_at=now)
    while (job := _unfinished(face.id)) is None:
        MatchJob.objects.bulk_create([asked], ignore_conflicts=True)
    if job.id != asked.id:
        job.job_type = job_type if job.job_type == job_type else JobType.BOTH
        job.due_at, job.attempts = now, 0
        job.save(update_fields=["job_type", "due_at", "attempts"])
    hints.after_commit(TASK)
    return job


def start_many(*, faces: Iterable[tuple[UUID, UUID]], job_type: JobType, now: datetime) -> None:
    """The same for many faces and their people, by id, that have no job which is not done; needs the service role."""
    rows = [MatchJob(face_id=face, user_id=user, job_type=job_type, due_at=now) for face, user in faces]
    MatchJob.objects.bulk_create(rows, ignore_conflicts=True)
    hints.after_commit(TASK)


def retry(*, job_id: UUID, by: UUID, now: datetime) -> MatchJob:
    """Have a job that failed tried again from the beginning, as a member of staff asks.

    Raises NotYours, WrongState (job_not_failed), and WrongState (job_replaced) while another of the face waits.
    """
    with as_service():
        job = MatchJob.objects.select_for_update(no_key=True).filter(id=job_id).first()
        if job is None:
            raise NotYours()
        if job.status != JobStatus.FAILED:
            raise WrongState("Only a job that failed is tried again.", code="job_not_failed")
        if _unfinished(job.face_id):
            raise WrongState("Another job of this face waits already.", code="job_replaced")
        anew = {"status": JobStatus.PENDING, "stage": JobStage.WAITING, "attempts": 0, "due_at": now}
        _write(job, **anew, error_message="", completed_at=None)
        audit.record(action="match_job_retried", actor=by, entity="faces_matchjob", entity_id=job.id)
    hints.after_commit(TASK)
    return job


def run_due(*, now: datetime, limit: int = BATCH) -> int:
    """Go through at most so many jobs that are due; how many were."""
    done = 0
    while done < limit and (job := _claim(now)):
        _run(job, now)
        done += 1
    return done


def _unfinished(face_id: UUID) -> MatchJob | None:
    waiting = MatchJob.objects.filter(face=face_id, status__in=UNFINISHED)
    return waiting.select_for_update(no_key=True).first()


def _claim(now: datetime) -> MatchJob | None:
    with transaction.atomic(), as_service():
        due = MatchJob.objects.claimable(now).order_by("due_at").select_for_update(skip_locked=True, no_key=True)
        job = due.first()
        if job is None:
            return None
        if job.attempts >= job.max_attempts:  # its last worker did not live to say what became of it
            _fail(job, now)
            return None
        MatchJob.objects.filter(id=job.id).update(
            status=JobStatus.PROCESSING,
            stage=JobStage.ANALYSIS,
            claimed_until=now + CLAIM,
            attempts=F("attempts") + 1,
            started_at=Coalesce(F("started_at"), now),
            error_message="",
        )
        claimed = MatchJob.objects.select_related("face").get(id=job.id)
        _tell(claimed)
        return claimed


def _run(job: MatchJob, now: datetime) -> None:
    try:
        _go_through(job, now)
    except NotYours:
        logger.info("match_job_gone", job=str(job.id))
    except Exception:
        logger.exception("match_job_failed", job=str(job.id), attempts=job.attempts)
        _give_back(job, now)


def _go_through(job: MatchJob, now: datetime) -> None:
    """Raises NotYours as soon as the job is nobody's any more, or another worker's."""
    if not analyses.analyze(job.face, now=now):
        _finish(job, now, error_message=NO_FACE)
        return
    found_own = verdicts.judge_by_photos(job.face, now=now)
    if found_own or job.job_type != JobType.CELEBRITY_MATCH:
        _reach(job, stage=JobStage.PEOPLE)
        _reach(job, matches_found=_people(job.face_id, now))
    if job.job_type != JobType.USER_MATCH:
        _reach(job, stage=JobStage.CELEBRITIES)
        _reach(job, lookalikes_found=_celebrities(job.face_id, now))
    _finish(job, now)


def _people(face_id: UUID, now: datetime) -> int:
    from faces.services import searches

    with transaction.atomic():
        return searches.find(face_id=face_id, now=now)


def _celebrities(face_id: UUID, now: datetime) -> int:
    from faces.services import lookalikes

    with transaction.atomic():
        return lookalikes.find(face_id=face_id, now=now)


def _reach(job: MatchJob, **columns: Any) -> None:
    with transaction.atomic(), as_service():
        _write(job, **columns)


def _finish(job: MatchJob, now: datetime, error_message: str = "") -> None:
    """Done, unless more was asked of it meanwhile: then it is gone through again."""
    with transaction.atomic(), as_service():
        kept = MatchJob.objects.select_for_update(no_key=True).filter(id=job.id).first()
        if kept is not None and kept.due_at != job.due_at:
            _write(job, status=JobStatus.PENDING, stage=JobStage.WAITING, claimed_until=None)
            hints.after_commit(TASK)
            return
        done = {"status": JobStatus.COMPLETED, "stage": JobStage.DONE, "completed_at": now}
        _write(job, **done, claimed_until=None, error_message=error_message)


def _give_back(job: MatchJob, now: datetime) -> None:
    with transaction.atomic(), as_service():
        kept = _ours(job).select_for_update(no_key=True).first()
        if kept is None:
            return
        if job.attempts >= job.max_attempts:
            _fail(kept, now)
            return
        wait = FIRST_WAIT * 2 ** (job.attempts - 1)
        _write(job, status=JobStatus.PENDING, claimed_until=None, due_at=now + wait, error_message=TRIED_AGAIN)


def _fail(job: MatchJob, now: datetime) -> None:
    _write(job, status=JobStatus.FAILED, claimed_until=None, completed_at=now, error_message=GIVEN_UP)


def _write(job: MatchJob, **columns: Any) -> None:
    """Change our job, and tell its owner how far it is. Raises NotYours when it is ours no more."""
    if not _ours(job).update(**columns):
        raise NotYours()
    for name, value in columns.items():
        setattr(job, name, value)
    _tell(job)


def _ours(job: MatchJob) -> Any:
    """The row, unless another worker has taken it over."""
    return MatchJob.objects.filter(id=job.id, claimed_until=job.claimed_until)


def _tell(job: MatchJob) -> None:
    data = {"job_id": str(job.id), "face_id": str(job.face_id), "status": str(job.status), "stage": str(job.stage)}
    found = {"matches_found": job.matches_found, "lookalikes_found": job.lookalikes_found}
    publish([job.user_id], "match_job.updated", data | found)
