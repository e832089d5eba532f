"""What protection does by the clock; the schedule stands in `config.celery`."""

from celery import shared_task

from config import clock
from safety.services import actions, retention, trust


@shared_task
def lapse_actions() -> None:
    actions.lapse_due(now=clock.now())


@shared_task
def apply_retention() -> None:
    retention.apply(now=clock.now())


@shared_task
def settle_trust() -> None:
    while trust.settle_due(now=clock.now()) == trust.BATCH:
        pass
