"""Reasons as they are defined, pair by pair and one step after the other: what `explain` is held against."""

import numpy as np

from matching.engine import channels, synastry
from matching.engine.explain import FEWEST, KINDS, LABELS, MOST, NAMED, NAMES, PLAIN, WORTH_SAYING, Explanation, Reason
from matching.engine.features import DIMENSIONS
from matching.engine.scores import breakdown, public_score, totals


def explanations(one, other, profile, names):
    scores = breakdown(one, other)
    overall = totals(scores, profile)
    pairs = (slice(i, i + 1) for i in range(len(scores)))
    return [
        Explanation(
            profile.version,
            public_score(total),
            {name: public_score(score) for name, score in told(line, profile)},
            {name: label(public_score(score)) for name, score in told(line, profile)},
            reasons(one.take(pair), other.take(pair), line, profile, names),
        )
        for pair, total, line in zip(pairs, overall, scores, strict=True)
    ]


def told(line, profile):
    """A number of these two dimensions would tell the other's answer."""
    for name, score in zip(DIMENSIONS, line, strict=True):
        hidden = name in ("depth", "readiness") or not profile.weights.get(name)
        yield name, np.float32(np.nan) if hidden else score


def label(step):
    return None if step is None else next(word for least, word in LABELS if step >= least)


def reasons(one, other, scores, profile, names):
    gains = (scores - 50.0) * profile.vector()
    known = [i for i in np.argsort(-gains, kind="stable") if profile.vector()[i] > 0.0 and not np.isnan(scores[i])]
    worth = [i for i in known if scores[i] >= WORTH_SAYING]
    picked = worth[:MOST] if len(worth) >= FEWEST else known[:FEWEST]
    return [reason(DIMENSIONS[i], float(scores[i]), one, other, names) for i in picked]


def reason(dimension, score, one, other, names):
    if score < 50.0:
        return Reason(f"{dimension}_different", dimension, {})
    both = shared(dimension, one, other, names)
    return Reason(code(dimension, one, other, bool(both)), dimension, {"names": both} if both else {})


def code(dimension, one, other, named):
    if dimension in NAMED:
        return f"{dimension}_shared" if named else f"{dimension}_close"
    if dimension in PLAIN:
        return PLAIN[dimension]
    left, right = (side.query[:, side.columns(dimension)][:, 1:].astype(np.float64) / 50.0 for side in (one, other))
    if dimension == "astro":
        shares = synastry.voice_shares(left, right)
        return "astro_" + max(shares, key=lambda voice: float(shares[voice][0]))
    shares = channels.kind_shares(channels.unturn(left), channels.unturn(right))
    return "hd_" + max(KINDS, key=lambda kind: float(shares[kind][0]))


def shared(dimension, one, other, names):
    if dimension not in NAMED:
        return []
    words, columns = names.of(dimension), one.columns(dimension)
    left, right = (side.key[0, columns][1:] for side in (one, other))
    both = np.where((left > 0.0) & (right > 0.0), np.minimum(left, right), 0.0)
    best = np.argsort(-both, kind="stable")[:NAMES]
    return [words[i] for i in best if both[i] > 1.0 / np.sqrt(2.0 * len(words))]
