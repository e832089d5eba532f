"""The pool in blocks of people who are alike, so that most pairs of blocks can be passed over unseen.

People are put in order by mode, gender, whom they seek, how far they go, region and age, and cut into blocks. A
block's hull says how old, how far apart and how open its people are at most; where two hulls are apart, no pair of
their people passes the hard filters, and none of them is looked at. A hull may only err by letting pass.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.filters import EARTH_RADIUS_KM, Pool

Ints = NDArray[np.int64]
Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]

BLOCK = 256
"""People of a block at most: two blocks' vectors and scores stay in the cache of a core."""

CELL_DEGREES = 1.0
"""Width of the squares by which people are put in order of region."""

FAR_KM = 400.0
"""Who goes farther stands apart from the others of a region, whose blocks would otherwise reach as far."""

ROUNDING = 1e-5
"""Radians, 64 metres: what angles out of cosines near one may be off."""


@dataclass(frozen=True)
class Blocks:
    """starts (b + 1,): block i holds the people starts[i] to starts[i + 1] of a pool in this order."""

    starts: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    def people(self, block: int) -> slice:
        return slice(int(self.starts[block]), int(self.starts[block + 1]))

    def sizes(self) -> Ints:
        return np.diff(self.starts)


@dataclass(frozen=True)
class Hulls:
    """What holds for everybody of each of b blocks.

    youngest, oldest: their ages; from_age, to_age: the widest range anybody seeks. centre (b, 3) and radius (b,)
    in radians of the cap their places lie in, pi where a place is unknown; reach (b,) radians: the farthest anybody
    goes. languages, mode, gender, seeks: every bit anybody has; `open_to_any`: somebody seeks any
    gender.
    """

    youngest: Ints
    oldest: Ints
    from_age: Ints
    to_age: Ints
    centre: Floats
    radius: Floats
    reach: Floats
    languages: NDArray[np.uint64]
    mode: NDArray[np.uint8]
    gender: NDArray[np.uint8]
    seeks: NDArray[np.uint8]
    open_to_any: Bits


def order(pool: Pool) -> Ints:
    """The order in which people stand, as positions in `pool`."""
    far = pool.nearest < np.cos(FAR_KM / EARTH_RADIUS_KM)
    return np.lexsort((np.arange(len(pool)), pool.age, _region(pool.place), far, pool.seeks, pool.gender, pool.mode))


def cut(pool: Pool) -> Blocks:
    """Blocks of a pool that stands in order; none holds people of two modes."""
    edges = np.flatnonzero(np.diff(pool.mode)) + 1
    groups = zip([0, *edges], [*edges, len(pool)], strict=True)
    starts = [start for first, last in groups for start in range(first, last, BLOCK)]
    return Blocks(np.array([*starts, len(pool)], dtype=np.int64))


def meetings(pool: Pool, blocks: Blocks) -> tuple[Ints, Counter[str]]:
    """Pairs of blocks (m, 2), first <= second, in which somebody may meet somebody, and how many ordered pairs of
    people were turned down unseen, by the filter that turned them down.
    """
    hulls = _hulls(pool, blocks)
    both = np.outer(blocks.sizes(), blocks.sizes()) - np.diag(blocks.sizes())
    left = np.ones_like(both, dtype=bool)
    unseen: Counter[str] = Counter()
    for name, meets in _MEETINGS.items():
        met = meets(hulls)
        unseen[name] += int(both[left & ~met].sum())
        left &= met
    return np.argwhere(np.triu(left)), unseen


def _region(place: Floats) -> Ints:
    """A number that is close for places that are close: the bits of longitude and latitude in turns. Unknown places
    come last.
    """
    unknown = np.isnan(place[:, 0])
    x, y, z = np.nan_to_num(place).T
    north = ((np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))) + 90.0) / CELL_DEGREES).astype(np.int64)
    east = ((np.degrees(np.arctan2(y, x)) + 180.0) / CELL_DEGREES).astype(np.int64)
    mixed = sum(((north >> bit & 1) << 2 * bit + 1) | ((east >> bit & 1) << 2 * bit) for bit in range(9))
    return np.where(unknown, np.iinfo(np.int64).max, mixed)


def _hulls(pool: Pool, blocks: Blocks) -> Hulls:
    starts, sizes = blocks.starts[:-1], blocks.sizes()
    sums = np.add.reduceat(pool.place, starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    centre = np.divide(sums, lengths, out=np.full_like(sums, np.nan), where=lengths > 0.0)
    cosine = np.einsum("nd,nd->n", pool.place, np.repeat(centre, sizes, axis=0))
    radius = np.arccos(np.clip(np.minimum.reduceat(np.nan_to_num(cosine, nan=-1.0), starts), -1.0, 1.0))
    return Hulls(
        youngest=np.minimum.reduceat(pool.age, starts),
        oldest=np.maximum.reduceat(pool.age, starts),
        from_age=np.minimum.reduceat(pool.age_min, starts),
        to_age=np.maximum.reduceat(pool.age_max, starts),
        centre=np.nan_to_num(centre),
        radius=np.where(np.isnan(centre[:, 0]), np.pi, radius),
        reach=np.arccos(np.clip(np.minimum.reduceat(pool.nearest, starts), -1.0, 1.0)),
        languages=np.bitwise_or.reduceat(pool.languages, starts),
        mode=np.bitwise_or.reduceat(pool.mode, starts),
        gender=np.bitwise_or.reduceat(pool.gender, starts),
        seeks=np.bitwise_or.reduceat(pool.seeks, starts),
        open_to_any=np.logical_or.reduceat(pool.seeks == 0, starts),
    )


def _mode(hulls: Hulls) -> Bits:
    return np.asarray((hulls.mode[:, None] & hulls.mode) != 0)


def _gender(hulls: Hulls) -> Bits:
    found = ((hulls.seeks[:, None] & hulls.gender) != 0) | hulls.open_to_any[:, None]
    return np.asarray(found & found.T)


def _age(hulls: Hulls) -> Bits:
    sought = (hulls.from_age[:, None] <= hulls.oldest) & (hulls.youngest <= hulls.to_age[:, None])
    return np.asarray(sought & sought.T)


def _distance(hulls: Hulls) -> Bits:
    apart = np.arccos(np.clip(hulls.centre @ hulls.centre.T, -1.0, 1.0)) - hulls.radius[:, None] - hulls.radius
    return np.asarray(apart <= np.minimum(hulls.reach[:, None], hulls.reach) + ROUNDING)


def _language(hulls: Hulls) -> Bits:
    return np.asarray((hulls.languages[:, None] & hulls.languages) != 0)


_MEETINGS = {"mode": _mode, "gender": _gender, "age": _age, "distance": _distance, "language": _language}
