"""Likeness in figures, as they are scraped."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from faces.enums import JobStatus
from faces.models import Baby
from faces.services import analyses, jobs, painting_days
from tests.config.test_metrics import TOKEN, figures
from tests.faces.couples import face, likeness
from tests.faces.likers import couple, face_of, like
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def scraped():
    return figures(Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode())


def test_pictures_of_babies_of_all_days_with_what_they_took_and_cost(now):
    yesterday = now - timedelta(days=1)
    for day in (yesterday, now, now):
        painting_days.promise(2_500, day)
    painting_days.add(yesterday, painted=1, seconds=4.5)
    painting_days.add(now, painted=1, seconds=3.0)
    painting_days.add(now, failed=1, cost=-2_500)
    found = scraped()
    outcomes = [found[f'baby_pictures_total{{outcome="{outcome}"}}'] for outcome in ("asked", "painted", "failed")]
    assert outcomes == [3, 2, 1]
    assert (found["baby_picture_seconds_total"], found["baby_picture_cost_cents_total"]) == (7.5, 5.0)


def test_jobs_by_their_status(now):
    for _ in range(3):
        jobs.start(face=face_of(UserFactory(), now), job_type="both", now=now)
    jobs.finish(jobs.claim(now), now)
    jobs.claim(now)
    found = scraped()
    by_status = {status: found[f'match_jobs{{status="{status}"}}'] for status in JobStatus.values}
    assert by_status == {"pending": 1, "processing": 1, "completed": 1, "failed": 0}


@pytest.mark.usefixtures("own_files")
def test_analyses_by_who_looked_and_how_long_that_took(now):
    looker = SimpleNamespace(name=f"looker-{uuid4()}", analyze=lambda pixels: None)
    picture = face(UserFactory(), now)
    for _ in range(2):
        analyses.read(looker, picture)
    found = scraped()
    assert found[f'face_analyses_total{{analyzer="{looker.name}"}}'] == 2
    assert 0 < found[f'face_analysis_seconds_total{{analyzer="{looker.name}"}}'] < 1


@pytest.mark.usefixtures("own_files")
def test_how_far_what_is_due_is_behind(now, monkeypatch):
    match = likeness(now)
    Baby.objects.create(match=match, generated_by=match.user_a, painter="morph", due_at=now - timedelta(seconds=30))
    jobs.start(face=match.face_a, job_type="both", now=now - timedelta(seconds=20))
    monkeypatch.setattr("config.clock.now", lambda: now)
    found = scraped()
    names = ("paint_babies", "run_match_jobs")
    behind = [(found[f'job_lag_seconds{{job="{name}"}}'], found[f'job_due{{job="{name}"}}']) for name in names]
    assert behind == [(30, 1), (20, 1)]


@pytest.mark.django_db(transaction=True)
def test_likes_and_the_connections_that_came_of_them(now):
    """PostgreSQL counts them once they are committed."""
    before = counted()
    first, second, match = couple(now)
    with transaction.atomic():
        like(first, match, now), like(second, match, now)
    assert [after - made for after, made in zip(counted(), before, strict=True)] == [2, 1]


def counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    found = scraped()
    return found["face_reactions_total"], found["face_connections_total"]
