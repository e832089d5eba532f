"""What beat and hints start; each looks for rows that are due and is safe to repeat."""

from celery import shared_task
from django.db import transaction

from config import clock
from matching.services import building, charts, discovery_entries, lapses, meetings, newcomers, pairing, proposals, runs


@shared_task
def request_run() -> None:
    with transaction.atomic():
        runs.request_if_stale(now=clock.now())


@shared_task
def run_requested() -> None:
    runs.run_requested(now=clock.now())


@shared_task
def run_shards() -> None:
    while runs.run_shard(now=clock.now()):
        pass


@shared_task
def follow_pool() -> None:
    """Build what changed, then look at whoever that concerns."""
    while building.build_due(now=clock.now()):
        pass
    while newcomers.consider_due(now=clock.now()):
        pass


@shared_task
def expire_proposals() -> None:
    while proposals.expire_overdue(now=clock.now()) == proposals.EXPIRY_BATCH:
        pass


@shared_task
def rebuild_charts() -> None:
    while charts.compute_due(now=clock.now()) == charts.BATCH:
        pass


@shared_task
def settle_interests() -> None:
    """Connect pairs that waited for room; what could not be is left to the next time."""
    meetings.settle_waiting(now=clock.now())


@shared_task
def lapse_interests() -> None:
    while lapses.sweep(now=clock.now()):
        pass


@shared_task
def follow_discovery() -> None:
    """Make the entries of newcomers, and those that have become old anew."""
    while discovery_entries.sweep(now=clock.now()):
        pass


@shared_task
def pair_queue() -> None:
    pairing.sweep(now=clock.now())
