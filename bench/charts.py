"""Natal charts and Human Design a second, against the bare positions of the same bodies by ephem."""

import csv
import resource
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.reference import ephem_positions
from matching.engine.births import Birth, positions
from matching.engine.charts import natal_charts
from matching.engine.ephemeris import PLANETS, ephem_days, longitudes, signed_angle

PEOPLE = 500
REPEATS = 5
TARGET = 3.0
TOLERANCE = 30.0
"""Arc seconds the planets may be off the published positions; the Moon, which is faster, twice that."""

PUBLISHED = Path(__file__).parent.parent / "tests/matching/engine/ephemeris_reference.csv"


def run() -> list[dict[str, Any]]:
    """Five interleaved repeats, medians; the guard compares with published positions."""
    births = random_births(PEOPLE, Random(1))
    rows = positions(births)
    moments, designs = rows.days.tolist(), rows.design_moment.tolist()
    ours, reference = [], []
    for _ in range(REPEATS):
        ours.append(_seconds(natal_charts, births))
        reference.append(_seconds(ephem_positions, moments, designs))
    return [_row(statistics.median(ours), statistics.median(reference), worst_planet())]


def random_births(people: int, random: Random) -> list[Birth]:
    """Births between 1945 and 2007 at known times all over the inhabited globe."""
    start, span = datetime(1945, 1, 1, tzinfo=UTC), timedelta(days=62 * 365.25)
    return [
        Birth(start + random.random() * span, random.uniform(-55, 70), random.uniform(-180, 180)) for _ in range(people)
    ]


def worst_planet() -> float:
    """The largest error of Sun and planets in arc seconds, and half of the Moon's."""
    with PUBLISHED.open() as lines:
        published = list(csv.DictReader(lines))
    expected = np.array([[float(row[name]) for name in PLANETS] for row in published])
    days = ephem_days(datetime.fromisoformat(row["birth_utc"]) for row in published)
    errors = np.abs(signed_angle(longitudes(days)[:, : len(PLANETS)] - expected)) * 3600.0
    errors[:, PLANETS.index("moon")] /= 2.0
    return float(errors.max())


def _seconds(work: Any, *args: Any) -> float:
    began = time.perf_counter()
    work(*args)
    return time.perf_counter() - began


def _row(ours: float, reference: float, worst: float) -> dict[str, Any]:
    ratio = ours / reference
    return {
        "name": "charts",
        "ours": round(PEOPLE / ours, 1),
        "reference": round(PEOPLE / reference, 1),
        "ratio": round(ratio, 3),
        "target": TARGET,
        "ok": ratio <= TARGET,
        "guard": f'planets within {TOLERANCE:g}" of published positions: {worst:.1f}"',
        "guard_ok": worst <= TOLERANCE,
        "unit": "charts/s (ratio: time ours / reference)",
        "n": PEOPLE,
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    print(run())
