"""People who wait for a live conversation, and what became of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from connect.enums import Mode
from connect.models import User
from matching.enums import Pathway
from matching.models import Match, QueueEntry
from matching.services import building, entries, pairing, queue
from tests.matching.builders import person


def friend(now: Any, **wishes: Any) -> User:
    """Somebody who may wait, and whom everybody made like this may meet."""
    long_ago = timezone.now() - timedelta(days=60)
    user = person(now, chart=False, **({"mode": Mode.FRIENDSHIP} | wishes))
    User.objects.filter(id=user.id).update(created_at=long_ago)
    score(now, user)
    return user


def score(now: Any, *users: User) -> None:
    """Have these people's vectors built anew."""
    with transaction.atomic():
        entries.mark_due(user_ids=[user.id for user in users], now=now)
    while building.build_due(now=now):
        pass


def join(user: User, now: Any) -> QueueEntry:
    with transaction.atomic():
        return queue.join(by=user.id, now=now)


def leave(user: User, now: Any) -> QueueEntry | None:
    with transaction.atomic():
        return queue.leave(by=user.id, now=now)


def requeue(user: User, since: Any, now: Any) -> QueueEntry | None:
    with transaction.atomic():
        return queue.requeue(user_id=user.id, waiting_since=since, now=now)


def wait_together(now: Any, *users: User) -> None:
    for user in users:
        join(user, now)


def paired(now: Any) -> set[frozenset[UUID]]:
    """Who is in a live match with whom after a sweep."""
    pairing.sweep(now=now)
    return live_pairs()


def live_pairs() -> set[frozenset[UUID]]:
    rows = Match.objects.filter(pathway=Pathway.LIVE).values_list("user_a_id", "user_b_id")
    return {frozenset(pair) for pair in rows}


def both(*users: User) -> frozenset[UUID]:
    return frozenset(user.id for user in users)


def status_of(user: User) -> tuple[str, str]:
    """How somebody's latest wait stands, and why."""
    entry = QueueEntry.objects.filter(user=user).latest("enqueued_at")
    return entry.status, entry.queue_reason
