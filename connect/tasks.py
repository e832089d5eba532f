"""The app's jobs by the clock; the rows are the jobs, a lost message only delays them."""

import time

from celery import shared_task
from django.db import transaction

from config import clock
from config.health import HEARTBEAT_KEY, WORKER_SILENCE, redis
from connect.services import (
    codes,
    erasures,
    exports,
    figures,
    payment_jobs,
    picture_files,
    post,
    pushes,
    reconciliation,
    sessions,
    subscription_jobs,
)
from safety.services import blocks, idempotency, traces


@shared_task
def send_mail() -> None:
    post.send_due(now=clock.now())


@shared_task
def send_sms() -> None:
    post.send_sms_due(now=clock.now())


@shared_task
def send_pushes() -> None:
    while pushes.spread(now=clock.now()) == pushes.BATCH:
        pass
    while pushes.send_due(now=clock.now()) == pushes.BATCH:
        pass


@shared_task
def clear_expired() -> None:
    with transaction.atomic():
        codes.clear_expired(now=clock.now())
        idempotency.clear_expired(now=clock.now())
        sessions.clear_ended(now=clock.now())
        traces.clear_expired(now=clock.now())


@shared_task
def part_blocked() -> None:
    while blocks.part_due(now=clock.now()) == blocks.BATCH:
        pass


@shared_task
def build_exports() -> None:
    while exports.build_next(now=clock.now()):
        pass


@shared_task
def clear_exports() -> None:
    exports.clear_over(now=clock.now())


@shared_task
def sweep_picture_files() -> None:
    picture_files.sweep_all(now=clock.now())


@shared_task
def erase_accounts() -> None:
    while erasures.erase_due(now=clock.now()) == erasures.BATCH:
        pass


@shared_task
def settle_payments() -> None:
    while payment_jobs.process_due(now=clock.now()):
        pass


@shared_task
def follow_subscriptions() -> None:
    while subscription_jobs.process_due(now=clock.now()):
        pass


@shared_task
def compare_books() -> None:
    reconciliation.compare(now=clock.now())


@shared_task
def make_figures() -> None:
    figures.make(now=clock.now())


@shared_task
def heartbeat() -> None:
    redis().set(HEARTBEAT_KEY, time.time(), ex=WORKER_SILENCE)
