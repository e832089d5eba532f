"""What beat and hints start; each looks for rows that are due and is safe to repeat."""

from celery import shared_task

from config import clock
from faces.services import lookalikes


@shared_task
def refresh_lookalikes() -> None:
    while lookalikes.refresh_due(now=clock.now()) == lookalikes.BATCH:
        pass
