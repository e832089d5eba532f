"""Random people for the engine's tests, from a seed."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from matching.engine.births import Birth, positions
from matching.engine.features import People, emphasis
from matching.engine.filters import Pool, cosines, unit_vectors
from matching.engine.spread import halves

GIVEN = ("astro", "hd", "values", "goals", "communication", "interests", "depth", "availability", "readiness")


def random_people(n: int, seed: int, missing: float = 0.0) -> People:
    """Complete people; `missing` is the chance of each person to lack each input."""
    rng = np.random.default_rng(seed)
    start = datetime(1950, 1, 1, tzinfo=UTC)
    births = [
        Birth(start + timedelta(days=float(day)), float(lat), float(lon))
        for day, lat, lon in zip(
            rng.uniform(0, 20000, n), rng.uniform(-60, 60, n), rng.uniform(-180, 180, n), strict=True
        )
    ]
    astro, hd = halves(positions(births))
    people = People(
        astro=astro.mean,
        hd=hd.mean,
        values=rng.uniform(-1, 1, (n, 10)),
        goals=rng.uniform(-1, 1, (n, 5)),
        communication=rng.uniform(-1, 1, (n, 6)),
        interests=rng.uniform(0, 100, (n, 12)),
        depth=rng.choice([0.0, 0.5, 1.0], n),
        availability=rng.integers(0, 2, (n, 21)).astype(float),
        readiness=rng.uniform(0, 100, n),
        values_weight=emphasis(rng.integers(0, 4, (n, 10))),
        interests_weight=np.ones((n, 12)),
    )
    return replace(people, **{name: _without(getattr(people, name), rng.random(n) < missing) for name in GIVEN})


def _without(rows: np.ndarray, gone: np.ndarray) -> np.ndarray:
    rows = rows.astype(float)
    rows[gone] = np.nan
    return rows


def swapped(people: People, order: np.ndarray) -> People:
    return People(**{field.name: getattr(people, field.name)[order] for field in fields(people)})


def random_pool(n: int, seed: int) -> Pool:
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    lat, lon = rng.uniform(40, 60, n), rng.uniform(-5, 20, n)
    lat[rng.random(n) < 0.1] = np.nan
    return Pool(
        person=np.arange(n),
        age=age,
        age_min=np.maximum(18, age - rng.integers(0, 30, n)),
        age_max=age + rng.integers(0, 30, n),
        place=unit_vectors(lat, lon),
        nearest=cosines(rng.choice([50.0, 500.0, 3000.0, np.inf], n)),
        languages=rng.integers(1, 8, n).astype(np.uint64),
        mode=rng.integers(1, 4, n).astype(np.uint8),
        gender=rng.choice([0, 1, 2, 4], n).astype(np.uint8),
        seeks=rng.integers(0, 8, n).astype(np.uint8),
        off_limits=(1 << rng.integers(0, 20, n)).astype(np.uint64),
        topics=rng.integers(0, 1 << 6, n).astype(np.uint64),
    )


def scattered_pool(n: int, seed: int) -> Pool:
    """People all over the globe in a few places, close to an edge of the map or to each other."""
    rng = np.random.default_rng(seed)
    pool = random_pool(n, seed)
    centres = np.array([[52.5, 13.4], [-16.8, 179.9], [89.5, 10.0], [-89.7, -70.0], [0.0, 0.0], [48.9, 2.4]])
    places = centres[rng.integers(0, len(centres), n)] + rng.normal(0, 0.6, (n, 2))
    places[:, 0] = np.clip(places[:, 0], -90, 90)
    places[rng.random(n) < 0.1] = np.nan
    return replace(
        pool,
        place=unit_vectors(*places.T),
        nearest=cosines(rng.choice([10.0, 50.0, 150.0, 900.0, np.inf], n)),
        languages=(1 << rng.integers(0, 3, n)).astype(np.uint64),
    )
