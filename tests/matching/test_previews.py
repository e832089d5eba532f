"""Two versions on the same people: what a preview says, and that it writes nothing."""

from collections import Counter

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.vectors import COMMUNICATION, VALUES
from matching.models import Match, MatchingRun
from matching.services import previews
from safety.models import AuditLog
from tests.matching.builders import loaded, match_of, numbers, outcome, person

pytestmark = pytest.mark.django_db


def crowd(now, size, seed=1):
    rng = np.random.default_rng(seed)
    people = [
        person(
            now,
            chart=False,
            values_vector=rng.uniform(-1, 1, len(VALUES)),
            communication_vector=rng.uniform(-1, 1, len(COMMUNICATION)),
        )
        for _ in range(size)
    ]
    loaded(now)
    return people


def compared(now, most=100, **changes):
    return previews.compare(live=numbers(), draft=numbers(**changes), now=now, most=most)


def test_the_live_side_is_what_a_run_would_propose(now):
    crowd(now, 8)
    found = outcome(now)
    sketch = compared(now).live
    assert sketch.pairs == {(draft.first, draft.second) for draft in found.drafts}
    assert (sketch.gini, sketch.left_without) == (found.gini, found.left_without)
    assert sketch.mean_total == pytest.approx(np.mean([float(d.fields["total_score"]) for d in found.drafts]))


def test_the_same_numbers_propose_the_same(now):
    crowd(now, 8)
    found = compared(now)
    assert found.live == found.draft
    assert found.in_both == len(found.live.pairs) > 0


def test_a_higher_threshold_proposes_less(now):
    crowd(now, 8)
    found = compared(now, threshold=100.0)
    assert (len(found.draft.pairs), found.draft.left_without, found.in_both) == (0, 8, 0)
    assert len(found.live.pairs) > 0


def test_what_nobody_is_proposed_has_no_figures(now):
    crowd(now, 4)
    sketch = compared(now, threshold=100.0).draft
    assert (sketch.mean_total, sketch.totals, set(sketch.shares.values())) == (0.0, [], {0.0})


def test_an_empty_pool_compares(now):
    assert compared(now).people == 0


def test_shares_sum_to_one_and_follow_the_weights(now):
    crowd(now, 8)
    found = compared(now)
    assert sum(found.live.shares.values()) == pytest.approx(1.0)
    assert found.live.shares["astro"] == 0.0
    assert found.live.shares["values"] > found.live.shares["readiness"] > 0.0


def test_more_capacity_makes_room_in_the_draft_alone(now):
    one, other, *_ = crowd(now, 6)
    match_of(one, other, now)
    found = compared(now, capacity=2, threshold=0.0)
    busy = {i for i, count in enumerate(_held(found.draft)) if count}
    assert found.people == 6
    assert max(_held(found.live)) == 1
    assert len(busy) == 6


def _held(sketch):
    counts = Counter(person for pair in sketch.pairs for person in pair)
    return [counts[person] for person in range(6)]


def test_the_sample_is_bounded_and_always_the_same(now):
    crowd(now, 8)
    first, second = (compared(now, most=5) for _ in range(2))
    assert first.people == 5
    assert first == second


def test_nothing_is_written(now):
    crowd(now, 6)
    before = Match.objects.count(), MatchingRun.objects.count(), AuditLog.objects.count()
    with CaptureQueriesContext(connection) as queries:
        compared(now, threshold=50.0)
    assert (Match.objects.count(), MatchingRun.objects.count(), AuditLog.objects.count()) == before
    written = [q["sql"] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert written == []


def test_queries_do_not_grow_with_the_pool(now):
    crowd(now, 2)
    few = _queries(now)
    crowd(now, 10, seed=2)
    assert _queries(now) == few


def _queries(now):
    with CaptureQueriesContext(connection) as queries:
        compared(now)
    return len(queries)
