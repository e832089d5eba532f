"""What the benchmarks are measured against: the bare work, as fast as it can be made, and nothing more."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import ephem
import faiss
import numpy as np
import psycopg
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

ROWS = 2_000
"""Of one product: as large as it may be without filling memory at a hundred thousand people."""

BODIES = ("Sun", "Moon", "Mercury", "Venus", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune", "Pluto")


def ephem_positions(births: Sequence[float], designs: Sequence[float]) -> float:
    """Apparent places of the ten bodies at birth and design moments (ephem days), by ephem alone.

    ephem computes lazily: reading the right ascension is what makes it work. The sum keeps nothing else.
    """
    bodies = [getattr(ephem, name)() for name in BODIES]
    total = 0.0
    for days in (births, designs):
        for day in days:
            for body in bodies:
                body.compute(day)
                total += body.g_ra
    return total


def all_products(query: Vectors, key: Vectors) -> None:
    """query @ key.T of all ordered pairs, into one buffer again and again, on all cores."""
    buffer = np.empty((min(ROWS, len(query)), len(key)), dtype=np.float32)
    for start in range(0, len(query), ROWS):
        rows = query[start : start + ROWS]
        np.matmul(rows, key.T, out=buffer[: len(rows)])


def flat_search(query: Vectors, key: Vectors, k: int) -> None:
    """The k largest inner products of each query, without filters, by faiss."""
    index = faiss.IndexFlatIP(key.shape[1])
    index.add(key)
    index.search(query, k)


def commits(clients: int, number: int, statement: str, ids: Sequence[object], **login: object) -> None:
    """One-row UPDATEs, each its own commit, of as many clients at once; `number` of them together."""

    def work(client: int) -> None:
        with psycopg.connect(autocommit=True, **login) as connection:  # type: ignore[arg-type]
            for turn in range(client, number, clients):
                connection.execute(statement, [ids[turn % len(ids)]], prepare=True)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
