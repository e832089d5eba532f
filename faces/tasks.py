"""What beat and hints start; each looks for rows that are due and is safe to repeat."""

from celery import shared_task

from config import clock
from faces.services import babies, celebrities, job_runs, likes, lookalikes, scales, searches


@shared_task
def run_jobs(more: int = job_runs.MORE) -> None:
    """A few jobs. Those that are left come with the next tasks, behind whatever else waits for a worker."""
    if job_runs.run_due(now=clock.now()) == job_runs.BATCH and more:
        run_jobs.apply_async((more - 1,), expires=job_runs.WAITS)


@shared_task
def settle_likes() -> None:
    """Connect pairs whose likes waited; what could not be is left to the next time."""
    likes.settle_waiting(now=clock.now())


@shared_task
def reanalyze_celebrities() -> None:
    celebrities.reanalyze(now=clock.now(), limit=celebrities.BATCH)


@shared_task
def refresh_lookalikes() -> None:
    while lookalikes.refresh_due(now=clock.now()) == lookalikes.BATCH:
        pass


@shared_task
def paint_babies() -> None:
    """Each by the clock of its own moment: those before it may have taken minutes."""
    ends = clock.now() + babies.TURN
    while (now := clock.now()) < ends and babies.paint_due(now=now):
        pass


@shared_task
def search_again() -> None:
    """For whom something changed; a scale that outgrew itself is made anew before."""
    scales.keep(now=clock.now())
    while searches.requeue(now=clock.now()) == searches.BATCH:
        pass
