"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task

from config import clock
from streaks.services import notices, outages, rollover


@shared_task
def roll_over() -> None:
    rollover.roll_over(now=clock.now())


@shared_task
def send_notices() -> None:
    while notices.send_due(now=clock.now()) == notices.BATCH:
        pass


@shared_task
def mend() -> None:
    while outages.mend_due(now=clock.now()) == outages.BATCH:
        pass
