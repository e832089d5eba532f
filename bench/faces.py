"""Whose face is like whose: among 100,000, by the product's own statement, against pgvector's exact scan.

The vectors lie in clusters, as those of faces do: several pictures of each of many identities, whose cosine is that of
two pictures of one person. (Of isotropic vectors all are equally far, and which are the nearest means nothing.) Here
every picture is somebody's of their own, so that a face has as many to find as its identity has pictures.
BENCH_FACES sets another number, for trying.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from bench import stack
from bench.report import figure

FACES = int(os.environ.get("BENCH_FACES", "100000"))
OF_EACH = 5
"""Pictures of one identity."""
NOISE = 0.9
"""Its length beside the identity's own, 1: two pictures have a cosine of about 1 / (1 + NOISE ** 2)."""
SEED = 7
ASKED = 40
"""Faces that are looked for, in each repeat."""
REPEATS = 5
FILTERED = {"2 %": ("nonbinary", 0.02), "0.2 %": ("other", 0.002)}
"""Whom somebody seeks, and how many there are of them."""
BLOCK = 2_000
INDEX = "faces_embedding_hnsw_idx"
Exact = Callable[[UUID, int], list[UUID]]


def run() -> list[dict[str, Any]]:
    stack.prepare()
    built = _populate()
    asked = _asked()
    return [_search(asked, built), *(_filtered(asked, name) for name in FILTERED)]


def _search(asked: Sequence[UUID], built: float) -> dict[str, Any]:
    """Everybody may be found by everybody."""
    rates, theirs = [], []
    for _ in range(REPEATS):
        rates.append(_rate(lambda face: _shortlist(face), asked))
        theirs.append(_rate(lambda face: _exact(face, 100), asked[:4]))
    at_4, at_10 = (_recall(asked, most) for most in (4, 10))
    return figure(
        "faces.search",
        ours=rates,
        reference=theirs,
        at_least=10.0,
        guard=f"recall {at_4:.3f} at 4 and {at_10:.3f} at 10; the index was built in {built:.0f} s",
        guard_ok=at_4 >= 0.99,
        unit="queries/s",
        n=FACES,
        peak_rss_mb=stack.own_peak_rss_mb(),
    )
