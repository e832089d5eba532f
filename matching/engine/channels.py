"""How two bodygraphs meet, as an inner product.

In each of the 36 channels a person has neither gate, only the first, only the second, or both. Two people's
states make the four kinds of connection: electromagnetic (one gate each, different), companionship (both have
the channel), compromise (one has the channel, the other one gate of it) and dominance (one has it, the other
nothing). The sum over channels of worths by kind is a bilinear form in these states, symmetric since every
kind is.

Kinds after Ra Uru Hu and Karen Curry Parker's "Understanding Relationships"; this is tradition, not science.
"""

import numpy as np

from matching.engine.births import Ints
from matching.engine.bodygraph import CENTRES, CHANNEL_CENTRES, CHANNEL_GATES
from matching.engine.ephemeris import Floats
from matching.engine.human_design import Bits

STATES = ("neither", "first", "second", "both")
WIDTH = len(CHANNEL_GATES) * len(STATES)

KINDS = {
    "electromagnetic": (1.0, ((1, 2),)),
    "companionship": (0.7, ((3, 3),)),
    "compromise": (-0.5, ((3, 1), (3, 2))),
    "dominance": (-0.15, ((3, 0),)),
}
"""Worth of a kind and the pairs of states that make it."""

INTIMATE = ("sacral", "solar_plexus", "heart")
"""Channels that touch these centres, the tribal and emotional ones, count more between two people."""


def kind_matrix(kind: str) -> Floats:
    """(4, 4) worth of each pair of states under one kind."""
    worth, pairs = KINDS[kind]
    matrix = np.zeros((4, 4))
    for one, other in pairs:
        matrix[one, other] = matrix[other, one] = worth
    return matrix


def channel_weights() -> Floats:
    """(36,): a channel counts one, and two more for each intimate centre it touches."""
    intimate = np.isin(CHANNEL_CENTRES, [CENTRES.index(name) for name in INTIMATE])
    return np.asarray(1.0 + 2.0 * intimate.sum(axis=1))


def connection_matrix() -> Floats:
    """(4, 4) worth of each pair of states, all kinds together."""
    return np.asarray(sum(kind_matrix(kind) for kind in KINDS))


def channel_states(gates: Bits) -> Ints:
    """State of each channel, a position in STATES: gates (S, 64) to (S, 36)."""
    pairs = gates[:, CHANNEL_GATES].astype(np.int64)
    return pairs[:, :, 0] + 2 * pairs[:, :, 1]


def channel_features(gates: Bits) -> Floats:
    """Features (S, WIDTH) from gate bits (S, 64); a person's are the average of their rows.

    Each row of weighted states is divided by its length under the size of the form (|G| in its eigenbasis),
    so that no pair can leave [-1, 1]. `turn` makes the inner product's two sides of them.
    """
    states = np.eye(len(STATES))[channel_states(gates)] * np.sqrt(channel_weights())[:, None]
    sizes, basis = np.linalg.eigh(connection_matrix())
    lengths = np.sqrt((((states @ basis) ** 2) * np.abs(sizes)).sum(axis=(1, 2)))
    return np.asarray((states / np.maximum(lengths, 1e-12)[:, None, None]).reshape(len(gates), WIDTH))


def turn(features: Floats) -> tuple[Floats, Floats]:
    """Both sides of the form: q (n, WIDTH) and k (n, WIDTH) with q(u) @ k(v) the worth of the meeting, in
    [-1, 1].
    """
    sizes, basis = np.linalg.eigh(connection_matrix())
    turned = features.reshape(-1, len(CHANNEL_GATES), len(STATES)) @ basis * np.sqrt(np.abs(sizes))
    other = turned * np.sign(sizes)
    return turned.reshape(len(features), WIDTH), other.reshape(len(features), WIDTH)


def signs() -> Floats:
    """(WIDTH,): the key side of `turn` is the query side times these."""
    return np.tile(np.sign(np.linalg.eigvalsh(connection_matrix())), len(CHANNEL_GATES))


def unturn(turned: Floats) -> Floats:
    """The features back from the query side of `turn`; no eigenvalue of the form is zero."""
    sizes, basis = np.linalg.eigh(connection_matrix())
    states = turned.reshape(len(turned), len(CHANNEL_GATES), len(STATES)) / np.sqrt(np.abs(sizes)) @ basis.T
    return np.asarray(states.reshape(len(turned), WIDTH))


def kind_shares(one: Floats, other: Floats) -> dict[str, Floats]:
    """What each kind adds to the worth of m pairs: features (m, WIDTH) twice to (m,) a kind."""
    left, right = (side.reshape(len(side), len(CHANNEL_GATES), len(STATES)) for side in (one, other))
    return {kind: np.asarray((left @ kind_matrix(kind) * right).sum(axis=(1, 2))) for kind in KINDS}
