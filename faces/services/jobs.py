"""The work that follows an upload, as rows: asked for, claimed, how far it came, tried again, given up.

A claim is committed before the work; killed anywhere, the next worker goes on when it runs out, until the attempts are
used up. `job_runs` does the work.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from config import hints
from config.errors import NotYours, WrongState
from connect.realtime import publish
from faces.enums import UNFINISHED, JobStage, JobStatus, JobType
from faces.models import Face, MatchJob
from safety.roles import as_service
from safety.services import audit

TASK = "faces.tasks.run_jobs"
CLAIM = timedelta(minutes=11)
"""Longer than a task may run."""
FIRST_WAIT = timedelta(seconds=30)
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
        job.due_at, job.attempts, job.again = now, 0, False
        job.save(update_fields=["job_type", "due_at", "attempts", "again"])
    hints.after_commit(TASK)
    return job


def start_many(*, faces: Iterable[tuple[UUID, UUID]], job_type: JobType, now: datetime) -> None:
    """The same for many faces and their people, by id, that have no job which is not done, after what somebody waits
    for; needs the service role.
    """
    rows = [MatchJob(face_id=face, user_id=user, job_type=job_type, due_at=now, again=True) for face, user in faces]
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
        anew = {"status": JobStatus.PENDING, "stage": JobStage.WAITING, "attempts": 0, "due_at": now, "again": False}
        _write(job, **anew, error_message="", completed_at=None)
        audit.record(action="match_job_retried", actor=by, entity="faces_matchjob", entity_id=job.id)
    hints.after_commit(TASK)
    return job


def _unfinished(face_id: UUID) -> MatchJob | None:
    waiting = MatchJob.objects.filter(face=face_id, status__in=UNFINISHED)
    return waiting.select_for_update(no_key=True).first()


def claim(now: datetime) -> MatchJob | None:
    """Take the job that is due longest, of those that somebody waits for if there are any, in its own transaction; None
    where there is none, or only one to give up.
    """
    with transaction.atomic(), as_service():
        waiting = MatchJob.objects.claimable(now).order_by("again", "due_at", "id")
        job = waiting.select_for_update(skip_locked=True, no_key=True).first()
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


def reach(job: MatchJob, **columns: Any) -> None:
    """Write down how far a job that was claimed has come. Raises NotYours when it is ours no more."""
    with transaction.atomic(), as_service():
        _write(job, **columns)


def finish(job: MatchJob, now: datetime, error_message: str = "") -> None:
    """Done, unless more was asked of it meanwhile: then it is gone through again. Raises NotYours as `reach` does."""
    with transaction.atomic(), as_service():
        kept = MatchJob.objects.select_for_update(no_key=True).filter(id=job.id).first()
        if kept is not None and kept.due_at != job.due_at:
            _begin_again(job)
            return
        done = {"status": JobStatus.COMPLETED, "stage": JobStage.DONE, "completed_at": now}
        _write(job, **done, claimed_until=None, error_message=error_message)


def give_back(job: MatchJob, now: datetime) -> None:
    """It did not work out: another attempt later, or none any more; from the beginning if more was asked of it
    meanwhile. Nothing where it is ours no more.
    """
    with transaction.atomic(), as_service():
        kept = _ours(job).select_for_update(no_key=True).first()
        if kept is None:
            return
        if kept.due_at != job.due_at:
            _begin_again(job)
            return
        if job.attempts >= job.max_attempts:
            _fail(kept, now)
            return
        wait = FIRST_WAIT * 2 ** (job.attempts - 1)
        _write(job, status=JobStatus.PENDING, claimed_until=None, due_at=now + wait, error_message=TRIED_AGAIN)


def _begin_again(job: MatchJob) -> None:
    """`start` says when it is due and how often it was tried."""
    _write(job, status=JobStatus.PENDING, stage=JobStage.WAITING, claimed_until=None)
    hints.after_commit(TASK)


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
