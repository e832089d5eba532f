"""Why two people were brought together, in words, without showing what either of them answered.

Labels and steps of 5 are all that leaves of a score. Reasons come from the largest contributions; a value,
goal, interest or slot is named only where both have it clearly, so that nobody learns of the other what is
not also true of themselves. Never a vector, an answer, a sign, a gate or a birth datum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine import channels, synastry
from matching.engine.features import DIMENSIONS, Features
from matching.engine.scores import WeightProfile, breakdown, public_score, totals

LABELS = ((70.0, "strong"), (58.0, "good"), (45.0, "mixed"), (-1.0, "low"))
"""From which score on a label holds. Neutral is 50 for most dimensions, one spread about 10."""

WORTH_SAYING = 55.0
"""A dimension below this is given as a reason only to make up two."""

FEWEST, MOST, NAMES = 2, 4, 2

TEXTS = {
    "astro_whole": "Your charts harmonise as a whole.",
    "astro_heart": "Sun and Moon of your charts are at ease with each other.",
    "astro_spark": "Venus and Mars of your charts are drawn to each other.",
    "hd_electromagnetic": "Your designs complete each other.",
    "hd_companionship": "Your designs share the same ground.",
    "values_shared": "You both hold dear: {names}.",
    "values_close": "Your values lie close together.",
    "communication_compatible": "You like to talk in compatible ways.",
    "interests_shared": "You both enjoy: {names}.",
    "interests_close": "Your interests lie close together.",
    "depth_similar": "You like conversations of similar depth.",
    "availability_overlap": "You have time at the same hours.",
    "readiness_both": "You are both ready to meet somebody.",
    "different": "You differ here, which can be worth a conversation.",
}
PLAIN = {
    "communication": "communication_compatible",
    "depth": "depth_similar",
    "availability": "availability_overlap",
    "readiness": "readiness_both",
}


@dataclass(frozen=True)
class Vocabulary:
    """Names of the columns of People.values, goals and interests."""

    values: Sequence[str]
    goals: Sequence[str]
    interests: Sequence[str]


@dataclass(frozen=True)
class Reason:
    """`code` and `params` are for translation and the client; `text` is the English sentence."""

    code: str
    dimension: str
    params: dict[str, list[str]]
    text: str


@dataclass(frozen=True)
class Explanation:
    """What two people may know of their scores: steps of 5, None where one lacks the dimension."""

    engine_version: str
    total: int | None
    scores: dict[str, int | None]
    labels: dict[str, str | None]
    reasons: list[Reason]


def explain(one: Features, other: Features, profile: WeightProfile, names: Vocabulary) -> list[Explanation]:
    """Explanations of m pairs (row i of both), the same whichever side asks."""
    scores = breakdown(one, other)
    overall = totals(scores, profile)
    return [
        Explanation(
            engine_version=profile.version,
            total=public_score(overall[i]),
            scores={name: public_score(score) for name, score in zip(DIMENSIONS, scores[i], strict=True)},
            labels={name: label(score) for name, score in zip(DIMENSIONS, scores[i], strict=True)},
            reasons=reasons(one.take(slice(i, i + 1)), other.take(slice(i, i + 1)), scores[i], profile, names),
        )
        for i in range(len(scores))
    ]


def label(score: float) -> str | None:
    """The word for a score in 0-100."""
    if np.isnan(score):
        return None
    return next(word for least, word in LABELS if score >= least)


def reasons(
    one: Features, other: Features, scores: NDArray[np.float32], profile: WeightProfile, names: Vocabulary
) -> list[Reason]:
    """Two to four reasons of one pair (fewer only where dimensions lack), the largest contribution first."""
    gains = (scores - 50.0) * profile.vector()
    known = [i for i in np.argsort(-gains, kind="stable") if profile.vector()[i] > 0.0 and not np.isnan(scores[i])]
    worth = [i for i in known if scores[i] >= WORTH_SAYING]
    picked = worth[:MOST] if len(worth) >= FEWEST else known[:FEWEST]
    return [_reason(DIMENSIONS[i], float(scores[i]), one, other, names) for i in picked]


def _reason(dimension: str, score: float, one: Features, other: Features, names: Vocabulary) -> Reason:
    if score < 50.0:
        return Reason(f"{dimension}_different", dimension, {}, TEXTS["different"])
    shared = _shared(dimension, one, other, names)
    code = _code(dimension, one, other, bool(shared))
    text = TEXTS[code].format(names=", ".join(name.replace("_", " ") for name in shared))
    return Reason(code, dimension, {"names": shared} if shared else {}, text)


def _code(dimension: str, one: Features, other: Features, named: bool) -> str:
    if dimension in PLAIN:
        return PLAIN[dimension]
    if dimension == "astro":
        return "astro_" + _strongest_voice(one, other)
    if dimension == "hd":
        return "hd_" + _strongest_kind(one, other)
    return f"{dimension}_shared" if named else f"{dimension}_close"


def _strongest_voice(one: Features, other: Features) -> str:
    """The voice that adds most; after its constant the query side is 50 times the feature."""
    columns = one.columns("astro")
    left, right = (side.query[:, columns][:, 1:].astype(np.float64) / 50.0 for side in (one, other))
    shares = synastry.voice_shares(left, right)
    return max(shares, key=lambda voice: float(shares[voice][0]))


def _strongest_kind(one: Features, other: Features) -> str:
    columns = one.columns("hd")
    left, right = (channels.unturn(side.query[:, columns][:, 1:].astype(np.float64) / 50.0) for side in (one, other))
    shares = channels.kind_shares(left, right)
    return max(("electromagnetic", "companionship"), key=lambda kind: float(shares[kind][0]))


def _shared(dimension: str, one: Features, other: Features, names: Vocabulary) -> list[str]:
    """At most two names of columns in which both are clearly positive, the strongest first."""
    words = {"values": [*names.values, *names.goals], "interests": [*names.interests]}.get(dimension)
    if words is None:
        return []
    columns = one.columns(dimension)
    left, right = (side.key[0, columns][1:] for side in (one, other))
    both = np.where((left > 0.0) & (right > 0.0), np.minimum(left, right), 0.0)
    clear = [int(i) for i in np.argsort(-both, kind="stable")[:NAMES] if both[i] > 1.0 / np.sqrt(2.0 * len(words))]
    return [words[i] for i in clear]
