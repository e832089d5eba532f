"""Whom a person is shown next in a server.

In the order of: nobody flagged before the others; who was not on their cards of this server before; the more hobbies
shared the better; the nearer band of distance; the less shown to others lately; chance. Personality is no part of it.

Those who share a hobby are looked at first, by an index, and everybody else only when they are too few. Entries may
lag behind, so whoever they give is looked up where the truth is before they are chosen. Until discovery is open to the
public, nobody but staff is shown.
"""

import math
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from connect import exposure
from connect.models import HobbyOption, Profile
from matching.engine.filters import EARTH_RADIUS_KM
from matching.enums import ENDED, DistanceBand, Server
from matching.models import DiscoveryEntry
from matching.services.discovery_filters import REACH_KM, Wanted
from matching.services.discovery_gate import discoverable
from safety import flags

LOOKED_UP = 50
"""Of those who rank highest, how many are looked up at once."""

BANDS = tuple(DistanceBand)
NEAREST = {band: math.cos(km / EARTH_RADIUS_KM) for band, km in REACH_KM.items()}
"""The cosine of the angle that each band reaches."""

SHARING = "AND entry.hobbies && %(mine)s::uuid[] AND NOT entry.flagged AND entry.user_id NOT IN (SELECT id FROM seen)"
"""Who comes before everybody else."""

Found = list[tuple[UUID, DistanceBand]]


def choose(*, viewer: UUID, server: Server, wanted: Wanted, most: int, now: datetime) -> Found:
    """The people to show, best first, with the band of their distance; fewer than `most` when there is nobody else.

    The viewer's own entry has to be up to date. Needs the service role.
    """
    asked = _asked(viewer, server, wanted, now)
    chosen: Found = []
    for some in _ranked(asked):
        there = set(discoverable(now).filter(id__in=[user_id for user_id, _ in some]).values_list("id", flat=True))
        chosen += [found for found in some if found[0] in there]
        if len(chosen) >= most:
            return chosen[:most]
    return chosen


def _ranked(asked: dict[str, Any]) -> Iterator[Found]:
    """Everybody who may be shown, in order, some at a time."""
    for narrowed in (SHARING, ""):
        while found := _query(narrowed, asked):
            asked["tried"] += [user_id for user_id, _ in found]
            yield found
            if len(found) < LOOKED_UP:
                break


def _query(narrowed: str, asked: dict[str, Any]) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(_statement(narrowed), asked)
        return [(user_id, BANDS[band]) for user_id, band in cursor.fetchall()]


@cache
def _statement(narrowed: str) -> str:
    template = (Path(__file__).parents[1] / "sql/candidates.sql").read_text()
    bands = [f"WHEN nearness >= {cosine!r} THEN {BANDS.index(band)}" for band, cosine in NEAREST.items()]
    unknown = f"WHEN nearness IS NULL THEN {BANDS.index(DistanceBand.UNKNOWN)}"
    return template.format(
        narrowed=narrowed,
        bands=" ".join([*bands, unknown]),
        farther=BANDS.index(DistanceBand.FARTHER),
        reaches=" ".join(f"WHEN '{band.value}' THEN {cosine!r}" for band, cosine in NEAREST.items()),
    )


def _asked(viewer: UUID, server: Server, wanted: Wanted, now: datetime) -> dict[str, Any]:
    own = DiscoveryEntry.objects.get(user=viewer)
    options = HobbyOption.objects.filter(code__in=wanted.hobbies).values_list("id", flat=True)
    today = now.date()
    return {
        "me": viewer,
        "server": server.value,
        "public": flags.is_on(exposure.FLAG),
        "over": [status.value for status in ENDED],
        "passed_since": now - settings.DISCOVERY_PASS_RESTS,
        "tried": [],
        "mine": own.hobbies,
        "x": own.x,
        "y": own.y,
        "z": own.z,
        "age": Profile(birth_date=own.birth_date).age_on(today),
        "gender": own.gender,
        "spoken": own.languages,
        "latest": years_before(today, wanted.min_age),
        "earliest": years_before(today, wanted.max_age + 1),
        "genders": wanted.genders,
        "languages": wanted.languages,
        "hobbies": list(options),
        "reach": NEAREST[DistanceBand(wanted.distance)] if wanted.distance else None,
        "most": LOOKED_UP,
    }


def years_before(day: date, years: int) -> date:
    """The latest birth date of somebody who has completed so many years; born on 29 February one turns on 1 March."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap_day else day.day)
