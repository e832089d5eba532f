"""Why two people were brought together, as codes that `matching.wording` puts into words.

Labels and steps of 5 are all that leaves of a score, and a label says no more than the step it stands for. Of a
dimension that weighs nothing, or hangs on one answer of either side, not even that: who knows their own answer could
tell the other's. Reasons come from the largest contributions; a value,
goal or interest is named only where both have it clearly, so that nobody learns of the other what is not also
true of themselves. Never a vector, an answer, a sign, a gate or a birth datum.

All pairs are worked on at once, dimension by dimension; only what is handed out is made pair by pair.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.engine import channels, synastry
from matching.engine.births import Ints
from matching.engine.ephemeris import Floats
from matching.engine.features import DIMENSIONS, Features
from matching.engine.scores import PUBLIC_STEP, Scores, WeightProfile, breakdown, totals

LABELS = ((70, "strong"), (60, "good"), (45, "mixed"), (0, "low"))
"""From which step on a label holds. Neutral is 50 for most dimensions, one spread about 10."""

UNSAID = ("depth", "readiness")
"""The dimensions of one number a side: cos pi (a - b), and a product."""

WORTH_SAYING = 55.0
"""A dimension below this is given as a reason only to make up two."""

FEWEST, MOST, NAMES = 2, 4, 2

PLAIN = {
    "communication": "communication_compatible",
    "depth": "depth_similar",
    "availability": "availability_overlap",
    "readiness": "readiness_both",
}
NAMED = ("values", "interests")
"""The dimensions of which something may be named."""

KINDS = ("electromagnetic", "companionship")
"""The kinds of connection that are reasons for each other."""

CODES = (
    *(f"astro_{voice}" for voice in synastry.VOICES),
    *(f"hd_{kind}" for kind in KINDS),
    *(f"{dimension}_{how}" for dimension in NAMED for how in ("shared", "close")),
    *PLAIN.values(),
    *(f"{dimension}_different" for dimension in DIMENSIONS),
)
"""All that a reason may be."""


@dataclass(frozen=True)
class Vocabulary:
    """Keys of the columns of People.values, goals and interests."""

    values: Sequence[str]
    goals: Sequence[str]
    interests: Sequence[str]

    def of(self, dimension: str) -> list[str]:
        return [*self.values, *self.goals] if dimension == "values" else [*self.interests]


@dataclass(frozen=True)
class Reason:
    """One of CODES; `params` holds under `names` the keys of what both clearly have, where a code names it."""

    code: str
    dimension: str
    params: dict[str, list[str]]


@dataclass(frozen=True)
class Explanation:
    """What two people may know of their scores: steps of 5, None where one lacks the dimension or it is not told."""

    engine_version: str
    total: int | None
    scores: dict[str, int | None]
    labels: dict[str, str | None]
    reasons: list[Reason]

    def stored(self) -> dict[str, Any]:
        """As plain JSON: what a match keeps."""
        return vars(self) | {"reasons": [{"code": each.code, "params": each.params} for each in self.reasons]}


@dataclass(frozen=True)
class _Pairs:
    """m pairs, row i of both sides, and their scores (m, 8)."""

    one: Features
    other: Features
    scores: Scores
    names: Vocabulary

    def features(self, dimension: str, rows: Ints) -> list[Floats]:
        """Both sides' features of some pairs; after its constant the query side is 50 times the feature."""
        sides = ((side.query, side.columns(dimension)) for side in (self.one, self.other))
        return [query[:, columns][rows, 1:].astype(np.float64) / 50.0 for query, columns in sides]

    def keys(self, dimension: str, rows: Ints) -> list[NDArray[np.float32]]:
        """Both sides' keys of some pairs, without the constant."""
        return [side.key[:, side.columns(dimension)][rows, 1:] for side in (self.one, self.other)]


def explain(one: Features, other: Features, profile: WeightProfile, names: Vocabulary) -> list[Explanation]:
    """Explanations of m pairs (row i of both), the same whichever side asks."""
    scores = breakdown(one, other)
    told = np.where(_is_told(profile), scores, np.nan)
    shown = zip(
        public_scores(totals(scores, profile)).tolist(),
        public_scores(told).tolist(),
        labels(told).tolist(),
        _reasons(_Pairs(one, other, scores, names), profile),
        strict=True,
    )
    return [
        Explanation(
            engine_version=profile.version,
            total=total,
            scores=dict(zip(DIMENSIONS, steps, strict=True)),
            labels=dict(zip(DIMENSIONS, words, strict=True)),
            reasons=reasons,
        )
        for total, steps, words, reasons in shown
    ]


def public_scores(scores: Scores) -> NDArray[np.object_]:
    """Scores (m, ...) as people see them: whole steps of 5 (halves up), None where there is none."""
    missing = np.isnan(scores)
    steps = np.floor(np.where(missing, np.float32(0.0), scores) / np.float32(PUBLIC_STEP) + np.float32(0.5))
    shown = (np.clip(steps, 0, 100 // PUBLIC_STEP).astype(np.int64) * PUBLIC_STEP).astype(object)
    shown[missing] = None
    return shown


def labels(scores: Scores) -> NDArray[np.object_]:
    """The labels of scores (m, ...) as people see them; None where there is none."""
    words = np.array([word for _, word in LABELS] + [None], dtype=object)
    shown = np.where(np.isnan(scores), 0, public_scores(scores)).astype(np.int64)
    below = (shown[..., None] < [least for least, _ in LABELS]).sum(axis=-1)
    return np.asarray(words[np.where(np.isnan(scores), len(LABELS), below)])


def without(reasons: Sequence[Mapping[str, Any]], scores: Scores, profile: WeightProfile) -> list[dict[str, Any]]:
    """The stored reasons of a pair whose scores (8,) have lost a dimension: those that hold, and plain ones for what
    now counts among the largest contributions.
    """
    order, chosen = (line[0] for line in _picked(scores[None], profile))
    kept = {dimension: each for each in reasons for dimension in DIMENSIONS if each["code"].startswith(f"{dimension}_")}
    names = [DIMENSIONS[i] for i in order[chosen].tolist()]
    found = [kept.get(name) or _plain(name, float(scores[DIMENSIONS.index(name)])) for name in names]
    return [dict(each) for each in found if each]


def _plain(dimension: str, score: float) -> dict[str, Any] | None:
    """A reason that needs no more than the score; None where a dimension has none such."""
    if score < 50.0:
        return {"code": f"{dimension}_different", "params": {}}
    code = f"{dimension}_close" if dimension in NAMED else PLAIN.get(dimension)
    return {"code": code, "params": {}} if code else None


def _is_told(profile: WeightProfile) -> NDArray[np.bool_]:
    """(8,)"""
    return np.array([profile.weights.get(name, 0.0) > 0.0 and name not in UNSAID for name in DIMENSIONS])


def _reasons(pairs: _Pairs, profile: WeightProfile) -> list[list[Reason]]:
    """Two to four reasons a pair (fewer only where dimensions lack), the largest contribution first."""
    order, chosen = _picked(pairs.scores, profile)
    of_pair: list[dict[int, Reason]] = [{} for _ in range(len(order))]
    for dimension, name in enumerate(DIMENSIONS):
        rows = np.flatnonzero((chosen & (order == dimension)).any(axis=1))
        made = _of_dimension(name, pairs, rows)
        for row, reason in zip(rows.tolist(), made, strict=True):
            of_pair[row][dimension] = reason
    return [[found[i] for i in line if i in found] for line, found in zip(order.tolist(), of_pair, strict=True)]


def _picked(scores: Scores, profile: WeightProfile) -> tuple[Ints, NDArray[np.bool_]]:
    """The dimensions of each pair in falling order of what they add (m, 8), and which of these to give (m, 8)."""
    weights = profile.vector()
    order = np.argsort(-(scores - np.float32(50.0)) * weights, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    known = ~np.isnan(ranked) & (weights[order] > 0.0)
    worth = known & (ranked >= WORTH_SAYING)
    enough = worth.sum(axis=1, keepdims=True) >= FEWEST
    wanted = np.where(enough, worth, known)
    return order, wanted & (wanted.cumsum(axis=1) <= np.where(enough, MOST, FEWEST))


def _of_dimension(dimension: str, pairs: _Pairs, rows: Ints) -> Iterator[Reason]:
    """The reason that a dimension gives each of these pairs."""
    scores = pairs.scores[rows, DIMENSIONS.index(dimension)]
    facts = zip(scores.tolist(), _codes(dimension, pairs, rows), _shared(dimension, pairs, rows), strict=True)
    for score, code, both in facts:
        if score < 50.0:
            yield Reason(f"{dimension}_different", dimension, {})
        elif dimension in NAMED:
            yield Reason(f"{dimension}_shared" if both else f"{dimension}_close", dimension, both)
        else:
            yield Reason(code, dimension, {})


def _codes(dimension: str, pairs: _Pairs, rows: Ints) -> list[str]:
    """The code of each pair, where it does not hang on names."""
    if dimension == "astro":
        return _strongest(dimension, synastry.voice_shares(*pairs.features(dimension, rows)))
    if dimension == "hd":
        shares = channels.kind_shares(*map(channels.unturn, pairs.features(dimension, rows)))
        return _strongest(dimension, {kind: shares[kind] for kind in KINDS})
    return [PLAIN.get(dimension, "")] * len(rows)


def _strongest(dimension: str, shares: dict[str, Floats]) -> list[str]:
    """The code of the part that adds most to each pair."""
    codes = np.array([f"{dimension}_{part}" for part in shares])
    best: list[str] = codes[np.argmax(np.column_stack(list(shares.values())), axis=1)].tolist()
    return best


def _shared(dimension: str, pairs: _Pairs, rows: Ints) -> list[dict[str, list[str]]]:
    """Per pair at most two keys of columns in which both are clearly positive, the strongest first."""
    if dimension not in NAMED:
        return [{}] * len(rows)
    words = pairs.names.of(dimension)
    both = np.minimum(*pairs.keys(dimension, rows))
    best = np.argsort(-np.maximum(both, 0.0), axis=1, kind="stable")[:, :NAMES]
    clear = np.take_along_axis(both, best, axis=1) > 1.0 / np.sqrt(2.0 * len(words))
    lines = zip(best.tolist(), clear.tolist(), strict=True)
    found = ([words[i] for i, sure in zip(columns, sures, strict=True) if sure] for columns, sures in lines)
    return [{"names": keys} if keys else {} for keys in found]
