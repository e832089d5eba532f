"""From births to positions: one row a moment, one moment for a known time, the whole day for an unknown one.

An unknown birth time is never replaced by noon. The local day is cut into quarters of an hour, each with
equal probability, and whatever is computed from positions is averaged over a person's rows with
`mean_by_owner`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from matching.engine.ephemeris import Floats, design_days, ephem_days, longitudes, signed_angle

Ints = NDArray[np.int64]

SAMPLE_SPACING = timedelta(minutes=15)
"""The Moon, the fastest body, moves a seventh of a line of Human Design between two samples."""

KNOTS = 5
"""Moments of a day computed in full; the quartic through them meets the Moon within an arc second."""


@dataclass(frozen=True)
class Birth:
    """When and where somebody was born.

    `instant` is the aware moment of birth; where the time is unknown it is the start of the local day and
    `day_ends` the start of the next. Latitude is degrees north, longitude degrees east.
    """

    instant: datetime
    latitude: float
    longitude: float
    day_ends: datetime | None = None

    def __post_init__(self) -> None:
        if not (-90.0 <= self.latitude <= 90.0 and -180.0 <= self.longitude <= 180.0):
            raise ValueError("a place off the globe")
        if self.day_ends is not None and self.day_ends <= self.instant:
            raise ValueError("a day that ends before it starts")

    @property
    def time_known(self) -> bool:
        return self.day_ends is None


def born_on(day: date, zone: tzinfo, latitude: float, longitude: float) -> Birth:
    """A birth at an unknown time of a local day, as long as that day really was (23, 24, 25 hours)."""
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return Birth(start, latitude, longitude, day_ends=end)


@dataclass(frozen=True)
class Positions:
    """Where everything stood, for n people in S rows; the rows of a person stand together, in order of time.

    owner (S,): index of the person. days, latitude, longitude (S,): ephem days and degrees. birth, design (S,
    12): longitudes of BODIES in degrees at the moment and 88 degrees of Sun before it. design_moment (S,):
    ephem days.
    """

    owner: Ints
    days: Floats
    latitude: Floats
    longitude: Floats
    birth: Floats
    design: Floats
    design_moment: Floats


def positions(births: Sequence[Birth]) -> Positions:
    """All positions of all births, at least one. A known time costs one full computation, an unknown one
    KNOTS of them.
    """
    if not births:
        raise ValueError("no births")
    spans = [_span(birth) for birth in births]
    knots = [_knots(*span) for span in spans]
    days = np.concatenate(knots)
    birth = longitudes(days)
    moments = design_days(days, birth[:, 0])
    computed = np.column_stack((moments, birth, longitudes(moments)))
    return _assemble(births, spans, knots, computed)


def _span(birth: Birth) -> tuple[float, float]:
    """First and last moment as ephem days; equal where the time is known."""
    start, end = ephem_days((birth.instant, birth.day_ends or birth.instant)).tolist()
    return start, end


def _knots(start: float, end: float) -> Floats:
    return np.linspace(start, end, KNOTS) if end > start else np.array([start])


def sample_days(start: float, end: float) -> Floats:
    """Midpoints of the quarter hours between two ephem days, or the one moment where both are equal."""
    if end <= start:
        return np.array([start])
    count = max(1, round((end - start) / (SAMPLE_SPACING / timedelta(days=1))))
    return start + (np.arange(count) + 0.5) * (end - start) / count


def _assemble(
    births: Sequence[Birth], spans: list[tuple[float, float]], knots: list[Floats], computed: Floats
) -> Positions:
    """Samples out of knots; `computed` (knots, 25) is design moment, birth and design longitudes."""
    samples = [sample_days(*span) for span in spans]
    counts = [len(sample) for sample in samples]
    parts = np.split(computed, np.cumsum([len(knot) for knot in knots])[:-1])
    table = np.concatenate([_interpolate(*part) for part in zip(knots, parts, samples, strict=True)])
    return Positions(
        owner=np.repeat(np.arange(len(births)), counts),
        days=np.concatenate(samples),
        latitude=np.repeat([birth.latitude for birth in births], counts),
        longitude=np.repeat([birth.longitude for birth in births], counts),
        birth=table[:, 1:13] % 360.0,
        design=table[:, 13:] % 360.0,
        design_moment=table[:, 0],
    )


def _interpolate(knots: Floats, values: Floats, at: Floats) -> Floats:
    """Lagrange interpolation from (k, c) to (s, c); columns after the first are angles in degrees."""
    if len(knots) == 1:
        return values
    basis = [_lagrange(knots, i, at) for i in range(len(knots))]
    angles = values[:1, 1:] + signed_angle(values[:, 1:] - values[:1, 1:])
    unwrapped = np.column_stack((values[:, 0], angles))
    return np.column_stack(basis) @ unwrapped


def _lagrange(knots: Floats, i: int, at: Floats) -> Floats:
    others = np.delete(knots, i)
    return np.asarray(np.prod((at[:, None] - others) / (knots[i] - others), axis=1))


def mean_by_owner(rows: NDArray[np.generic], owner: Ints) -> Floats:
    """Mean of the rows (S, ...) of each person: (n, ...). Every sample of a day is equally likely."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    counts = np.diff(np.append(starts, len(owner)))
    sums = np.add.reduceat(np.asarray(rows, dtype=np.float64), starts, axis=0)
    return np.asarray(sums / counts.reshape(-1, *[1] * (sums.ndim - 1)))
