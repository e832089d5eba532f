"""Synastry as an inner product.

Two bodies of two people are worth `aspect(angle)`: a periodic even function of the angle between them with a
peak or a trough at each aspect. Such a function is a sum of c_k cos(k angle), and cos(k(a - b)) = cos ka cos
kb + sin ka sin kb, so the weighted sum over all pairs of bodies is a bilinear form in the cosines and sines
of one person and the other. The weights of pairs have low rank: three *voices*, each a weighting of the
bodies, and within a voice everybody's every body meets the other's every body with the product of the two
weights. The form is therefore symmetric.

The voices, valences and orbs follow the tradition (Ptolemy's aspects; Sun-Moon and Venus-Mars contacts
first). This is tradition, not science.
"""

import numpy as np

from matching.engine.births import Positions
from matching.engine.ephemeris import Floats, obliquity
from matching.engine.houses import ascendant, sidereal_angle

ASPECTS = {0.0: (1.0, 9.0), 60.0: (0.6, 6.0), 90.0: (-0.8, 7.0), 120.0: (0.9, 8.0), 180.0: (-0.3, 9.0)}
"""Angle in degrees: valence and orb. A peak falls to half its height at 0.59 of its orb."""

HARMONICS = np.arange(1, 13)
"""Twelve harmonics tell the aspects, multiples of 30 degrees, apart. The constant term is left out: it would
add the same to every pair.
"""

VOICES = ("whole", "heart", "spark")
VOICE_SHARES = np.array([0.5, 0.3, 0.2])
VOICE_WEIGHTS = np.array([
    # sun, moon, mercury, venus, mars, jupiter, saturn, ascendant
    [1.0, 1.0, 0.6, 0.7, 0.6, 0.3, 0.3, 0.5],
    [1.0, 1.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
])  # fmt: skip
"""(3, 8): whole charts; Sun and Moon, which stand for living together; Venus and Mars, for attraction.

No slower planet than Saturn: whole years of birth share them, which would only favour one's own age.
"""

WIDTH = 2 * len(VOICES) * len(HARMONICS)


def harmonic_weights() -> Floats:
    """c_k of the aspect function, (12,): the transform of a Gaussian at plus and minus each aspect."""
    k = HARMONICS[:, None]
    angles, (valence, orb) = np.radians(list(ASPECTS)), np.array(list(ASPECTS.values())).T
    spread = np.radians(orb) / 2.0
    return np.asarray((valence * spread * np.cos(k * angles) * np.exp(-((k * spread) ** 2) / 2.0)).sum(axis=1))


def aspect(degrees: Floats) -> Floats:
    """Worth of an angle between two bodies, any shape; scaled so that the exact conjunction is 1."""
    weights = harmonic_weights()
    return np.asarray(np.cos(np.radians(degrees)[..., None] * HARMONICS) @ weights / weights.sum())


def signs_and_scales() -> tuple[Floats, Floats]:
    """Sign and square root of the size of each feature's coefficient, both (WIDTH,)."""
    coefficients = np.repeat((VOICE_SHARES[:, None] * harmonic_weights()).ravel(), 2)
    return np.sign(coefficients), np.sqrt(np.abs(coefficients))


def synastry_features(rows: Positions) -> Floats:
    """Features of S rows, (S, WIDTH): f(u) * signs @ f(v) is the synastry of u and v, in [-1, 1].

    Each is brought to length one, so that by Cauchy and Schwarz no pair can leave the bounds, neither with the average
    of somebody's rows over a day: that gives exactly the mean of the scores at the sampled times.
    """
    rising = ascendant(sidereal_angle(rows.days, rows.longitude), rows.latitude, obliquity(rows.days))
    angles = np.radians(np.column_stack((rows.birth[:, :7], rising)))
    turns = np.exp(1j * angles[:, :, None] * HARMONICS)
    sums = np.einsum("vp,spk->svk", VOICE_WEIGHTS, turns)
    flat = np.stack((sums.real, sums.imag), axis=-1).reshape(len(angles), WIDTH)
    scaled = flat * signs_and_scales()[1]
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.asarray(scaled / np.maximum(length, 1e-12))


def voice_shares(one: Floats, other: Floats) -> dict[str, Floats]:
    """What each voice adds to the synastry of pairs: features (m, WIDTH) twice to (m,) a voice; they sum to
    it.
    """
    parts = (one * signs_and_scales()[0] * other).reshape(len(one), len(VOICES), 2 * len(HARMONICS)).sum(axis=2)
    return dict(zip(VOICES, parts.T, strict=True))
