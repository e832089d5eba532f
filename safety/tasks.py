"""What protection does by the clock; the schedule stands in `config.celery`."""

from celery import shared_task
from django.utils import timezone

from safety.services import actions, retention


@shared_task
def lapse_actions() -> None:
    actions.lapse_due(now=timezone.now())


@shared_task
def apply_retention() -> None:
    retention.apply(now=timezone.now())
