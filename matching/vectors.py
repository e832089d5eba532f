"""The layout of the stored vectors: which dimension owns which columns, and under which version they were made."""

import numpy as np

from connect.vectors import COMMUNICATION, INTERESTS, LIFE_GOALS, VALUES, VERSION
from matching.engine import channels, synastry
from matching.engine.features import DIMENSIONS, People, features
from matching.engine.spread import Factor

HOURS = 168
"""Of a week, the slots of availability."""

LANGUAGE_BYTES = 24
"""Of a mask of languages: 192 bits for the 183 codes of ISO 639-1."""

FEATURES_VERSION = f"features-v2/{VERSION}"
"""Changes with whatever makes the same answers give other vectors: then everybody's are built anew."""


def _nobody() -> People:
    """No people, in the widths of this product."""
    numbers = np.empty(0)
    widths = {
        "astro": synastry.WIDTH, "hd": channels.WIDTH, "values": len(VALUES), "goals": len(LIFE_GOALS),
        "communication": len(COMMUNICATION), "interests": len(INTERESTS), "availability": HOURS,
        "values_weight": len(VALUES), "interests_weight": len(INTERESTS),
    }  # fmt: skip
    return People(**{name: np.empty((0, width)) for name, width in widths.items()}, depth=numbers, readiness=numbers)


EDGES = features(_nobody()).edges
WIDTH = EDGES[-1]


def packed(factor: Factor | None) -> bytes | None:
    """How far features lie off, as a column holds it."""
    return None if factor is None else factor.astype("<f2").tobytes()


def unpacked(column: bytes, dimension: str) -> Factor:
    """The factor (r, w) out of a column of a dimension; its features have no constant."""
    i = DIMENSIONS.index(dimension)
    return np.frombuffer(column, dtype="<f2").reshape(-1, EDGES[i + 1] - EDGES[i] - 1)
