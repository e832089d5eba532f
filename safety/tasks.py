"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task
from django.utils import timezone

from safety.services import actions


@shared_task
def lapse_actions() -> None:
    actions.lapse_due(now=timezone.now())
