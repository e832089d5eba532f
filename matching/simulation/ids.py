"""Ids that a seed decides: UUIDv7 like all others, with the moment and the random bits made up."""

from datetime import UTC, datetime, time

import numpy as np
from numpy.typing import NDArray

from matching.simulation.population import REFERENCE_DAY

FIRST = int(datetime.combine(REFERENCE_DAY, time(), UTC).timestamp() * 1000)
"""The moment of the first person's id, in Unix milliseconds; everybody else comes a millisecond later."""


def ids(rng: np.random.Generator, person: NDArray[np.int64]) -> list[str]:
    """One id a row, as 32 hexadecimal digits; `person` (n,) is the number of whom the row belongs to."""
    table = np.frombuffer(rng.bytes(16 * len(person)), dtype=np.uint8).reshape(-1, 16).copy()
    moments = (FIRST + person).astype(">u8").view(np.uint8).reshape(-1, 8)
    table[:, :6] = moments[:, 2:]
    table[:, 6] = table[:, 6] & 0x0F | 0x70
    table[:, 8] = table[:, 8] & 0x3F | 0x80
    digits = table.tobytes().hex()
    return [digits[i : i + 32] for i in range(0, len(digits), 32)]
