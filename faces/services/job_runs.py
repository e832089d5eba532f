"""Going through jobs, stage by stage. Each is safe to repeat, and none holds a transaction while an analyzer looks."""

from datetime import datetime

import structlog

from config.errors import NotYours
from faces.enums import JobStage, JobType, Verdict
from faces.models import MatchJob
from faces.services import analyses, jobs, lookalikes, searches, verdicts

logger = structlog.get_logger(__name__)

BATCH = 4
"""Jobs that one look takes, one after the other, so that nothing else waits long for a worker."""
MORE = 10
"""Looks that follow one which found its hands full, each of them; with the clock's next they begin anew."""
WAITS = 1.0
"""Seconds after which such a look is let go: workers that are as late have other work to do, and the clock's next look
comes before many of them pile up.
"""
NO_FACE = "No face was found in this picture. Send one that shows you from the front, in good light."


def run_due(*, now: datetime, limit: int = BATCH) -> int:
    """Go through at most so many jobs that are due; how many were."""
    done = 0
    while done < limit and (job := jobs.claim(now)):
        run(job, now)
        done += 1
    return done


def run(job: MatchJob, now: datetime) -> None:
    """Go through a job that was claimed; what fails is tried again later."""
    try:
        _go_through(job, now)
    except NotYours:
        logger.info("match_job_gone", job=str(job.id))
    except Exception:
        logger.exception("match_job_failed", job=str(job.id), attempts=job.attempts)
        jobs.give_back(job, now)


def _go_through(job: MatchJob, now: datetime) -> None:
    """Raises NotYours as soon as the job is nobody's any more, or another worker's. At a face that is not its person's
    nobody looks.
    """
    if job.face.verdict == Verdict.REJECTED:
        jobs.finish(job, now)
        return
    if not analyses.analyze(job.face, now=now):
        jobs.finish(job, now, error_message=NO_FACE)
        return
    found_own = verdicts.judge_by_photos(job.face, now=now)
    if found_own or job.job_type != JobType.CELEBRITY_MATCH:
        jobs.reach(job, stage=JobStage.PEOPLE)
        jobs.reach(job, matches_found=searches.find(face_id=job.face_id, now=now))
    if job.job_type != JobType.USER_MATCH:
        jobs.reach(job, stage=JobStage.CELEBRITIES)
        jobs.reach(job, lookalikes_found=lookalikes.find(face_id=job.face_id, now=now))
    jobs.finish(job, now)
