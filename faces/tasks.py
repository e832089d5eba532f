"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task

from config import clock
from faces.services import babies


@shared_task
def paint_babies() -> None:
    while babies.paint_due(now=clock.now()) == babies.BATCH:
        pass
