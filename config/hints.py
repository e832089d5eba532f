"""Telling the workers that a row waits. The row is the job: a hint that is lost costs a delay, and two cost nothing."""

from celery import current_app
from django.db import transaction


def after_commit(task: str, *, wait: float = 0.0) -> None:
    """Have a worker run this task once the transaction is committed, `wait` seconds later."""
    transaction.on_commit(lambda: current_app.send_task(task, countdown=wait), robust=True)
