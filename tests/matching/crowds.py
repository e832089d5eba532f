"""A pool of people who differ, some of whom may meet: what runs are compared on."""

from datetime import date, timedelta

import numpy as np

from connect.enums import Gender, Mode
from connect.vectors import COMMUNICATION, VALUES
from matching.models import Match
from matching.services import runs
from tests.matching.builders import BERLIN, MUNICH, cell, person

LEASES = timedelta(hours=1)
"""Later than any lease."""


def crowd(now, size, seed=1):
    rng = np.random.default_rng(seed)
    return [
        person(
            now,
            chart=False,
            mode=rng.choice(list(Mode)),
            gender=rng.choice([Gender.FEMALE, Gender.MALE]),
            preferred_genders=[[], [Gender.FEMALE], [Gender.MALE]][rng.integers(3)],
            birth_date=date(int(rng.integers(1960, 2004)), 5, 1),
            cell=cell(BERLIN if rng.random() < 0.7 else MUNICH),
            distance_km=int(rng.choice([100, 900])),
            values_vector=rng.uniform(-1, 1, len(VALUES)),
            communication_vector=rng.uniform(-1, 1, len(COMMUNICATION)),
        )
        for _ in range(size)
    ]


def pairs_made():
    """Who was proposed to whom, with what the two are told."""
    rows = Match.objects.values_list("user_a", "user_b", "total_score", "score_breakdown", "explanation")
    return sorted(((a, b), total, breakdown, said) for a, b, total, breakdown, said in rows)


def finish(now):
    """Shards until there is none, as a worker does."""
    worked = 0
    while runs.run_shard(now=now):
        worked += 1
    return worked
