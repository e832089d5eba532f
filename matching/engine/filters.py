"""Hard filters: who may meet whom at all, as boolean blocks. Every filter is mutual.

Off-limits, languages, modes, genders and topics are bit masks; what a bit means is fixed by whoever loads the
pool.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.bool_]

EARTH_RADIUS_KM = 6371.0088
ROMANCE, FRIENDSHIP = 1, 2
"""Bits of `mode`; both together allow both."""

KEEN_INTEREST = 70
"""An interest of this much collides with somebody's off-limits topic."""


@dataclass(frozen=True)
class Pool:
    """n people, one array a fact.

    person (n,) int64: a number unique in the run. age, age_min, age_max (n,) int16: years, bounds included.
    place (n, 3) float: unit vector of the centre of the person's cell, NaN where unknown; nearest (n,) float:
    cosine of the angle to the farthest place the person goes to, -inf for no limit. languages, off_limits, topics
    (n,) uint64: topics are interests of KEEN_INTEREST or more and non-negotiables. mode (n,) uint8 of ROMANCE and
    FRIENDSHIP. gender (n,) uint8: one bit, 0 not said; seeks (n,) uint8: genders wanted, 0 any.
    """

    person: NDArray[np.int64]
    age: NDArray[np.int16]
    age_min: NDArray[np.int16]
    age_max: NDArray[np.int16]
    place: NDArray[np.float64]
    nearest: NDArray[np.float64]
    languages: NDArray[np.uint64]
    mode: NDArray[np.uint8]
    gender: NDArray[np.uint8]
    seeks: NDArray[np.uint8]
    off_limits: NDArray[np.uint64]
    topics: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.person)

    def take(self, people: NDArray[np.integer] | slice) -> "Pool":
        return Pool(**{field.name: getattr(self, field.name)[people] for field in fields(self)})


def unit_vectors(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places in degrees (n,) as unit vectors (n, 3); NaN stays NaN."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def cosines(max_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """`Pool.nearest` of distances in km, infinite for no limit."""
    return np.where(np.isinf(max_km), -np.inf, np.cos(np.minimum(max_km / EARTH_RADIUS_KM, np.pi)))


def bit_masks(table: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Rows (n, b) of at most 64 booleans as one mask each (n,), column 0 the lowest bit."""
    if table.shape[1] > 64:
        raise ValueError("a mask has 64 bits")
    return np.asarray(
        (table.astype(np.uint64) << np.arange(table.shape[1], dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    )


def allowed(rows: Pool, columns: Pool) -> Block:
    """Who of `rows` (r) may meet whom of `columns` (c): (r, c). Nobody meets themselves."""
    return screen(rows, columns)[0]


def screen(rows: Pool, columns: Pool) -> tuple[Block, dict[str, int]]:
    """Who of `rows` may meet whom of `columns` (r, c), and how many pairs each filter was the first to turn down."""
    block = rows.person[:, None] != columns.person
    left, turned_down = int(block.sum()), {}
    for name, passes in FILTERS.items():
        if not left:
            break
        block &= passes(rows, columns)
        before, left = left, int(np.count_nonzero(block))
        turned_down[name] = before - left
    return np.asarray(block), turned_down


def age(rows: Pool, columns: Pool) -> Block:
    """Each is within the other's age range."""
    theirs = (columns.age >= rows.age_min[:, None]) & (columns.age <= rows.age_max[:, None])
    ours = (rows.age[:, None] >= columns.age_min) & (rows.age[:, None] <= columns.age_max)
    return np.asarray(theirs & ours)


def distance(rows: Pool, columns: Pool) -> Block:
    """No farther apart than the smaller of both limits.

    A limit is a promise: where a place is unknown only two people without any limit pass.
    """
    nearest = np.maximum(rows.nearest[:, None], columns.nearest)
    return np.asarray((rows.place @ columns.place.T >= nearest - 1e-12) | (nearest == -np.inf))


def language(rows: Pool, columns: Pool) -> Block:
    """They share a language."""
    return np.asarray((rows.languages[:, None] & columns.languages) != 0)


def mode(rows: Pool, columns: Pool) -> Block:
    """They share romance or friendship."""
    return np.asarray((rows.mode[:, None] & columns.mode) != 0)


def gender(rows: Pool, columns: Pool) -> Block:
    """Each is of a gender the other seeks, in every mode; who says none is found by those open to any."""
    theirs = ((rows.seeks[:, None] & columns.gender) != 0) | (rows.seeks == 0)[:, None]
    ours = ((rows.gender[:, None] & columns.seeks) != 0) | (columns.seeks == 0)
    return np.asarray(theirs & ours)


def off_limits(rows: Pool, columns: Pool) -> Block:
    """No topic that one keeps out of talk is dear to the other."""
    theirs = rows.off_limits[:, None] & columns.topics
    ours = rows.topics[:, None] & columns.off_limits
    return np.asarray((theirs | ours) == 0)


FILTERS: dict[str, Callable[[Pool, Pool], Block]] = {
    "mode": mode,
    "gender": gender,
    "age": age,
    "distance": distance,
    "language": language,
    "off_limits": off_limits,
}
"""In the order in which they are asked: the cheap ones that turn most down come first."""
