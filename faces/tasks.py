"""What beat and hints start; each looks for rows that are due and is safe to repeat."""

from celery import shared_task

from config import clock
from faces.services import babies, celebrities, job_runs, likes, lookalikes, scales, searches


@shared_task
def run_jobs() -> None:
    """A few jobs; those that are left come with the next look, so that nothing else waits for a worker."""
    job_runs.run_due(now=clock.now())


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
