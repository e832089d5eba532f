"""Figures for Prometheus: sums alone, and only for whoever brings the token."""

from datetime import timedelta

import pytest
from django.test import Client

from connect.models import ConnectProfile
from matching.services import entries, runs
from tests.matching.builders import person

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-test"


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def scraped(authorization=f"Bearer {TOKEN}"):
    return Client().get("/metrics", headers={"Authorization": authorization})


def figures(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer another", TOKEN])
def test_without_the_token_there_is_nothing(authorization):
    assert scraped(authorization).status_code == 404


def test_without_a_token_in_the_settings_nobody_scrapes(settings):
    settings.METRICS_TOKEN = ""
    assert scraped("Bearer ").status_code == 404


def test_before_the_first_run_there_are_no_figures_of_one(now):
    assert not any(name.startswith("matching_run_") for name in figures(scraped().content.decode()))


def test_the_last_run_in_figures(now):
    person(now), person(now), person(now, preferred_genders=["male"])
    runs.request(now=now)
    runs.run_requested(now=now)
    found = figures(scraped().content.decode())
    assert (found["matching_run_pool_size"], found["matching_run_proposals"]) == (3, 1)
    assert found["matching_run_alone"] == 1
    assert found['matching_runs{status="finished"}'] == 1
    assert found['matching_run_rejected_pairs{rule="gender"}'] == 4


def test_what_waits_is_counted(now):
    user = person(now)
    entries.mark_due(user_ids=[user.id], now=now + timedelta(seconds=1))
    found = figures(scraped().content.decode())
    assert found['matching_backlog{work="build"}'] == ConnectProfile.objects.count() == 1
