"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task

from config import clock
from streaks.services import contents, notices, nudge_payments, outages, protections, recovery_payments, rollover


@shared_task
def roll_over() -> None:
    rollover.roll_over(now=clock.now())


@shared_task
def send_notices() -> None:
    while notices.send_due(now=clock.now()) == notices.BATCH:
        pass


@shared_task
def mend() -> None:
    while outages.mend_due(now=clock.now()) >= outages.BATCH:
        pass


@shared_task
def write_reveals() -> None:
    while contents.write_due(now=clock.now()) == contents.BATCH:
        pass


@shared_task
def decide_protections() -> None:
    recovery_payments.fail_unpaid(now=clock.now())
    nudge_payments.fail_unpaid(now=clock.now())
    while protections.decide_due(now=clock.now()) == protections.BATCH:
        pass
