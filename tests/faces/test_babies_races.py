"""Asking, painting and forgetting at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.storage import storages
from django.db import connection, transaction
from django.utils import timezone

from config.errors import DomainError
from connect.enums import Purpose
from connect.models import Consent
from faces.models import Baby, PaintingDay
from faces.services import babies
from tests.faces.couples import agree, likeness
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_files")]


def together(*acts):
    """What came of each: what it gave, or the code it was refused with."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            with transaction.atomic():
                return act()
        except DomainError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def asking(match, by):
    return lambda: babies.ask(match_id=match.id, by=by.id, now=timezone.now()).id


def asked(match):
    with transaction.atomic():
        return babies.ask(match_id=match.id, by=match.user_a_id, now=timezone.now())


def test_both_at_once_have_one_painted():
    match = likeness(timezone.now())
    came = together(*[asking(match, by) for by in (match.user_a, match.user_b)] * 3)
    assert len(set(came)) == 1
    assert (Baby.objects.count(), PaintingDay.objects.get().asked) == (1, 1)


def test_no_more_are_asked_for_at_once_than_the_day_allows(settings):
    settings.BABIES_A_DAY = 1
    first, third = likeness(timezone.now()), UserFactory()
    agree(third, timezone.now())
    second = likeness(timezone.now(), first.user_a, third, agreed=False, seed=5)
    came = together(*(asking(match, first.user_a) for match in (first, second)))
    assert came.count("babies_a_day") == 1
    assert Baby.objects.count() == 1


def test_the_budget_is_not_passed_by_many_at_once(settings):
    settings.BABY_PAINTER, settings.FAL_PRICE, settings.FAL_BUDGET = "fal", 1000, 2500
    matches = [likeness(timezone.now()) for _ in range(4)]
    came = together(*(asking(match, match.user_a) for match in matches))
    assert came.count("babies_budget_spent") == 2
    assert (Baby.objects.count(), PaintingDay.objects.get().spent) == (2, 2000)


def test_two_workers_paint_two_and_neither_twice():
    matches = [likeness(timezone.now()) for _ in range(2)]
    for match in matches:
        asked(match)
    now = timezone.now() + timedelta(seconds=1)
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda _: worker(now), range(2)))
    assert sum(done) == 2
    assert PaintingDay.objects.get().painted == 2


def worker(now):
    try:
        return babies.paint_due(now=now)
    finally:
        connection.close()


def test_who_takes_it_back_while_it_is_stored_has_the_last_word():
    """Forgetting waits for the row, and then knows its file; or storing waits, and finds no row."""
    match = likeness(timezone.now())
    asked(match)
    now = timezone.now()
    with ThreadPoolExecutor(2) as threads:
        painting = threads.submit(worker, now)
        Consent.objects.filter(user=match.user_b, purpose=Purpose.BABY_IMAGES).update(revoked_at=now)
        with transaction.atomic():
            babies.forget(user_id=match.user_b_id, now=now)
        painting.result()
    assert not Baby.objects.exists()
    assert left() == []


def left():
    storage = storages["private"]
    there = storage.listdir("")[0]
    parts = storage.listdir("babies")[0] if "babies" in there else []
    return [file for part in parts for file in storage.listdir(f"babies/{part}")[1]]
