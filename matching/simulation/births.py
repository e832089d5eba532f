"""The invented births as the product stores them, and the features of their charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from config.errors import Invalid
from connect.services.births import instant
from matching.engine.births import Birth, born_on, positions
from matching.engine.spread import Half, halves
from matching.simulation.cities import Cities
from matching.simulation.population import REFERENCE_DAY
from matching.simulation.wishes import Births

BLOCK = 500
"""Births whose positions are held at once: an unknown hour has ninety-six rows of them."""


@dataclass(frozen=True)
class Born:
    """m births: days, times, and what the engine makes of them."""

    days: Sequence[date]
    times: Sequence[time | None]
    astro: Half
    hd: Half


def born(births: Births, cities: Cities) -> Born:
    """All of them, computed as the product computes charts."""
    known: list[tuple[date, time | None, Birth]] = [
        _one(age_days, minute, ZoneInfo(cities.zones[city]), *cities.degrees[city].tolist())
        for age_days, minute, city in zip(
            births.age_days.tolist(), births.minute.tolist(), births.city.tolist(), strict=True
        )
    ]
    days, times, moments = zip(*known, strict=True)
    blocks = [halves(positions(moments[i : i + BLOCK])) for i in range(0, len(moments), BLOCK)]
    astro, hd = (_together(half) for half in zip(*blocks, strict=True))
    return Born(days, times, astro, hd)


def _together(blocks: Sequence[Half]) -> Half:
    """As single precision, which is what the columns hold."""
    mean = np.vstack([block.mean for block in blocks]).astype(np.float32)
    return Half(mean, [factor for block in blocks for factor in block.factors])


def _one(age_days: int, minute: int, zone: ZoneInfo, north: float, east: float) -> tuple[date, time | None, Birth]:
    """An hour that the clocks left out is one that nobody was born at: it counts as not known."""
    day = REFERENCE_DAY - timedelta(days=age_days)
    at = time(*divmod(minute, 60)) if minute >= 0 else None
    if at is not None:
        try:
            return day, at, Birth(instant(day, at, zone.key), north, east)
        except Invalid:
            at = None
    return day, at, born_on(day, zone, north, east)
