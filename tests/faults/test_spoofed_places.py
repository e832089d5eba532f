"""Five hundred spoofed places around one person tell no more than the cell that person declared (fault 12).

Whatever depends on a distance is asked: the hard filters over the pool as a run loads it, which is all that proposals
and statuses can ever tell, and a whole run.
"""

import random
from datetime import timedelta

import h3
import numpy as np
import pytest
from orjson import loads

from config.api.rendering import dumps
from connect.models import Profile
from connect.services import profiles
from matching.engine import filters
from matching.models import Match, MatchingRun, PoolEntry
from matching.queries import proposal
from matching.services import runs
from tests.matching.builders import BERLIN, cell, loaded, person

pytestmark = pytest.mark.django_db

PROBES = 500
HOME = cell(BERLIN)
SEED = 12


def within(home, count, rng):
    """Places all over a cell, its rim included."""
    middle, rim = h3.cell_to_latlng(home), h3.cell_to_boundary(home)
    corners = [between(middle, corner, 0.99) for corner in rim]
    inside = [between(middle, rng.choice(corners), rng.random()) for _ in range(count)]
    places = [*corners, *inside]
    assert {cell(place) for place in places} == {home}
    return places


def between(one, other, share):
    return tuple(a + share * (b - a) for a, b in zip(one, other, strict=True))


def around(place, rng):
    """A place up to 40 km away, and how far whoever claims to be there wants to look."""
    return (place[0] + rng.uniform(-0.36, 0.36), place[1] + rng.uniform(-0.6, 0.6)), rng.randint(1, 45)


@pytest.fixture
def victim(now):
    return person(now, chart=False)


@pytest.fixture
def probes(now):
    rng = random.Random(SEED)
    claims = [around(BERLIN, rng) for _ in range(PROBES)]
    return [person(now, chart=False, cell=cell(place), distance_km=reach) for place, reach in claims]


def move(user, place, now):
    """As the API does it, with exact coordinates."""
    changes = {"latitude": place[0], "longitude": place[1]}
    profiles.update(user_id=user.id, changes=changes, now=now)


def told(victim, now):
    """To which of the probes the victim may be proposed."""
    population = loaded(now, capacity=1)
    at = population.ids.index(victim.id)
    allowed = filters.allowed(population.pool.take(np.array([at])), population.pool)[0]
    return frozenset(user for user, may in zip(population.ids, allowed, strict=True) if may)


def test_wherever_in_the_cell_somebody_lives_every_probe_is_answered_alike(victim, probes, now):
    answers = set()
    for place in within(HOME, 12, random.Random(SEED)):
        move(victim, place, now)
        answers.add(told(victim, now))
    (only,) = answers
    assert 0 < len(only) < PROBES


def test_the_probes_would_tell_one_cell_from_the_next(victim, probes, now):
    answers = set()
    for home in h3.grid_disk(HOME, 1):
        move(victim, h3.cell_to_latlng(home), now)
        answers.add(told(victim, now))
    assert len(answers) == len(h3.grid_disk(HOME, 1))


def test_a_probe_is_no_more_exact_itself(victim, now):
    """Moving one's own place within a cell changes no answer either."""
    edge, rng = h3.cell_to_latlng(h3.grid_ring(HOME, 3)[0]), random.Random(SEED)
    prober = person(now, chart=False, distance_km=17)
    answers = set()
    for place in within(cell(edge), 12, rng):
        move(prober, place, now)
        answers.add(told(victim, now))
    assert len(answers) == 1


def test_nothing_finer_than_the_cell_is_stored(victim, now):
    for place in within(HOME, 3, random.Random(SEED)):
        move(victim, place, now)
        stored = Profile.objects.values().get(user=victim)
        assert stored["cell"] == HOME
        assert not {"latitude", "longitude"} & set(stored)
        assert not [value for value in stored.values() if isinstance(value, float)]


def proposed(now):
    """Everybody's proposals of one run, as they are told, as if it were the first: who was looked at is forgotten."""
    for kind in (Match, MatchingRun, PoolEntry):
        kind.objects.all().delete()
    runs.request(now=now)
    runs.run_requested(now=now)
    return sorted(
        (match.user_a_id, match.user_b_id, dumps(shown(match))) for match in Match.objects.order_by("user_a_id")
    )


def shown(match):
    told = loads(dumps(proposal(match, match.user_a_id)))
    return {name: value for name, value in told.items() if name not in {"match_id", "expires_at"}}


def test_a_whole_run_proposes_the_same_wherever_in_the_cell_they_live(victim, probes, now):
    found = []
    for place in within(HOME, 0, random.Random(SEED))[:2]:
        move(victim, place, now - timedelta(minutes=1))
        found.append(proposed(now))
    assert found[0] == found[1]
    assert any(victim.id in pair[:2] for pair in found[0])


def test_a_proposal_holds_no_place_and_no_distance(victim, now):
    person(now, chart=False)
    move(victim, BERLIN, now)
    ((_, _, text),) = proposed(now)
    for word in ("latitude", "longitude", "distance", "km", "cell", HOME):
        assert word not in text.decode()
