"""How far a score may lie off where a time of birth is unknown: of proposals, in steps of 5, of both together."""

from datetime import time, timedelta

import numpy as np
import pytest

from connect.enums import Purpose
from matching.engine.features import DIMENSIONS
from matching.engine.scores import breakdown, public_score
from matching.engine.spread import UNCERTAIN
from matching.models import Chart, Match
from matching.services import runs
from tests.matching.builders import born, follow, loaded, match_of, person

pytestmark = pytest.mark.django_db

QUARTERS = [time(minute // 60, minute % 60) for minute in range(7, 24 * 60, 15)]
"""The middles of the quarters of an hour, to the minute."""


def two(now, mine, theirs, **chart):
    """Two in the pool, born at these times."""
    users = [person(now, chart=False), person(now, chart=False)]
    for user, at in zip(users, (mine, theirs), strict=True):
        born(user, now, at=at, **chart)
    return users


def proposed(now):
    runs.request(now=now)
    runs.run_requested(now=now)
    return Match.objects.get().explanation["spreads"]


@pytest.mark.parametrize(("mine", "theirs"), [(None, time(7, 30)), (None, None)], ids=["one", "both"])
def test_a_run_says_it_as_scoring_every_time_does(now, mine, theirs):
    two(now, mine, theirs)
    found = proposed(now)
    Match.objects.all().delete()
    times = [person(now, chart=False) for _ in QUARTERS]
    for user, at in zip(times, QUARTERS, strict=True):
        born(user, now, at=at)
    population = loaded(now, capacity=2)
    at = [population.ids.index(user.id) for user in times]
    known = [at[QUARTERS.index(time(7, 22))]] if theirs else at
    left, right = np.repeat(at, len(known)), np.tile(known, len(at))
    scores = breakdown(population.features.take(left), population.features.take(right)).astype(np.float64)
    for name in UNCERTAIN:
        expected = scores[:, DIMENSIONS.index(name)].std()
        assert abs(found[name] - expected) <= 3.0
        assert found[name] in (public_score(expected - 0.5), public_score(expected + 0.5))


def test_two_known_times_have_none(now):
    two(now, time(7, 30), time(9, 0))
    assert proposed(now) == {"astro": None, "hd": None}


@pytest.mark.parametrize(("purpose", "name"), [(Purpose.ASTROLOGY, "astro"), (Purpose.HUMAN_DESIGN, "hd")])
def test_a_dimension_without_a_score_has_none(now, purpose, name):
    two(now, None, None, consents=(purpose,))
    found = proposed(now)
    assert found.pop(name) is not None
    assert list(found.values()) == [None]


def test_one_of_two_without_a_chart_is_no_score(now):
    person(now, chart=False), born(person(now, chart=False), now, at=None)
    assert proposed(now) == {"astro": None, "hd": None}


def test_who_came_between_two_runs_is_told_it_too(now):
    two(now, None, time(7, 30))
    follow(now)
    assert None not in Match.objects.get().explanation["spreads"].values()


def test_it_is_shown_beside_the_scores_and_alike_to_both(api, now):
    users = two(now, None, time(7, 30))
    kept = proposed(now)
    for user in users:
        shown = api(user).get("/connect/match").json()["match"]
        assert shown["spreads"] == kept
        assert all(spread % 5 == 0 for spread in kept.values())


def test_of_a_match_made_without_it_there_is_none(api, now):
    user = person(now, chart=False)
    match_of(user, person(now, chart=False), now, expires_at=now + timedelta(days=1))
    assert api(user).get("/connect/match").json()["match"]["spreads"] == {"astro": None, "hd": None}


def test_a_known_time_keeps_nothing_of_a_day(now):
    known, unknown = two(now, time(7, 30), None)
    kept = dict(Chart.objects.values_list("user_id", "astro_spread"))
    assert kept[known.id] is None
    assert kept[unknown.id] is not None
