"""What the clock makes happen; the schedule stands in `config.celery`."""

from celery import shared_task

from chat.services import conversations, gates, icebreakers, pairings, presence, reveals, silences, survivors, waiting
from config import clock


@shared_task
def expire_reveals() -> None:
    """Each offer lapses in its own transaction, so that a task killed half way loses nothing."""
    reveals.expire_overdue(now=clock.now())


@shared_task
def close_silent() -> None:
    conversations.close_silent(now=clock.now())


@shared_task
def close_banned() -> None:
    conversations.close_banned(now=clock.now())


@shared_task
def sweep_presence() -> None:
    presence.sweep(now=clock.now())


@shared_task
def walk_gates() -> None:
    """Whatever moment it comes at, each conversation is walked in order and by itself."""
    gates.sweep(now=clock.now())


@shared_task
def watch_pairings() -> None:
    pairings.watch(now=clock.now())


@shared_task
def settle_queue() -> None:
    waiting.settle(now=clock.now())


@shared_task
def requeue_survivors() -> None:
    survivors.requeue(now=clock.now())


@shared_task
def break_ice() -> None:
    while icebreakers.write_due(now=clock.now()) == icebreakers.BATCH:
        pass


@shared_task
def warn_of_silence() -> None:
    while silences.warn_of_silence(now=clock.now()) == silences.BATCH:
        pass
