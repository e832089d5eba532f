"""What other numbers would make of the likenesses of a sample of people: computed, never written."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from faces import analyzers
from faces.engine.factors import FACTORS
from faces.engine.likeness import Floats, spread_of
from faces.models import FaceParameters
from faces.services.scales import Sample, population
from faces.services.scoring import rounded
from safety.roles import as_service

FACES, PAIRS = 1_000, 20_000
"""The most that are drawn: the answer comes while one waits."""
MOVERS = 10


class Mover(NamedTuple):
    """A pair whose likeness changes most, without who they are. factors: None where one of the two lacks it."""

    live: float
    draft: float
    factors: dict[str, float | None]


@dataclass(frozen=True)
class Comparison:
    """Two versions on the same pairs. live and draft (n,): their totals; passing: pairs at or above the threshold."""

    live: Floats
    draft: Floats
    passing_live: int
    passing_draft: int
    passing_both: int
    movers: list[Mover]

    @property
    def pairs(self) -> int:
        return len(self.live)

    @property
    def mean_change(self) -> float:
        return float((self.draft - self.live).mean()) if self.pairs else 0.0


def compare(*, live: FaceParameters, draft: FaceParameters) -> Comparison:
    """Both on the same pairs of the people who may be found, drawn by lots that stay the same. Raises
    AnalyzerUnavailable.
    """
    with as_service():
        sample = Sample(population(analyzers.analyzer().name), most=FACES, pairs=PAIRS)
    found = sample.factors(spread_of(sample.traits))
    before, after = (rounded(found, version.weights) for version in (live, draft))
    passing, passing_then = before >= live.threshold, after >= draft.threshold
    most = np.argsort(-np.abs(after - before), kind="stable")[:MOVERS]
    return Comparison(
        live=before,
        draft=after,
        passing_live=int(passing.sum()),
        passing_draft=int(passing_then.sum()),
        passing_both=int((passing & passing_then).sum()),
        movers=[_mover(before[i], after[i], found[i]) for i in most.tolist()],
    )


def _mover(live: float, draft: float, factors: Floats) -> Mover:
    known = {name: None if np.isnan(value) else float(value) for name, value in zip(FACTORS, factors, strict=True)}
    return Mover(float(live), float(draft), known)
