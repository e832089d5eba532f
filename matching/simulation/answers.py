"""What the invented people answer: a few latent traits, and noise, behind every slider and choice."""

from dataclasses import dataclass

import numpy as np
from django.db.models import TextChoices

from connect.enums import (
    ContactFrequency,
    ConversationDepth,
    FriendshipIntention,
    GroupComfort,
    ResponsePace,
)
from connect.vectors import INTERESTS, READINESS, TOPICS, VALUES
from matching.engine.ephemeris import Floats
from matching.simulation import tables
from matching.simulation.wishes import Bits, Ints

NOT_GIVEN = -1
HOURS_OF_A_SLOT = 4
SLOTS = 7 * 24 // HOURS_OF_A_SLOT

CHOICES: dict[str, tuple[type[TextChoices], tuple[float, ...]]] = {
    "conversation_depth": (ConversationDepth, (0.7, 0.0, 0.5, 0.0)),
    "contact_frequency": (ContactFrequency, (0.0, 0.1, -0.7, 0.0)),
    "response_pace": (ResponsePace, (0.2, 0.0, 0.0, -0.6)),
    "group_comfort": (GroupComfort, (0.2, -0.2, 0.6, 0.0)),
    "friendship_intention": (FriendshipIntention, (0.2, -0.7, -0.2, 0.2)),
}
"""Choices of PreferenceSettings: the options lie in the order of the enum along these loadings of the traits."""

SLIDERS = {"directness_score": (55, -0.1, 0.0, -0.3, 0.7), "humor_score": (62, 0.4, -0.1, 0.3, 0.0)}
READINESS_LOADINGS = (68, 0.2, 0.4, 0.5, 0.0)


@dataclass(frozen=True)
class Answers:
    """n people. values (n, V) and interests (n, I): 0-100 or NOT_GIVEN. readiness (n, R): 1-5, 0 not given.

    chosen: index of the option of each of CHOICES (n,); sliders: 0-100 of each of SLIDERS (n,); voice (n,). preferences
    (n,): whether those count at all. windows (n, SLOTS): when somebody has time. off_limits (n, T). essentials (n, 3):
    columns of values, then interests, the most important first, NOT_GIVEN at the end.
    """

    values: Ints
    interests: Ints
    readiness: Ints
    preferences: Bits
    chosen: dict[str, Ints]
    sliders: dict[str, Ints]
    voice: Bits
    windows: Bits
    off_limits: Bits
    essentials: Ints


def answers(rng: np.random.Generator, age: Floats, sparse: Bits) -> Answers:
    """Of people of this age (n,) in years; the `sparse` (n,) gave three values and nothing more."""
    traits = rng.normal(size=(len(age), len(tables.TRAITS)))
    traits[:, tables.TRAITS.index("settled")] += (age - 35.0) / 20.0
    values = _scores(rng, traits, np.array([tables.VALUE_LOADINGS[key] for key in VALUES]), spread=15.0)
    interests = _scores(rng, traits, np.array([tables.INTEREST_LOADINGS[key] for key in INTERESTS]), spread=20.0)
    interests[rng.random(interests.shape) < 0.35] = NOT_GIVEN
    interests[sparse | (rng.random(len(age)) < 0.05)] = NOT_GIVEN
    values[sparse] = _first_three(rng, values[sparse])
    return Answers(
        values=values,
        interests=interests,
        readiness=_readiness(rng, traits, sparse),
        preferences=~sparse & (rng.random(len(age)) < 0.92),
        chosen={name: _option(rng, traits, name) for name in CHOICES},
        sliders={name: _scores(rng, traits, np.array([line]), spread=16.0)[:, 0] for name, line in SLIDERS.items()},
        voice=traits[:, tables.TRAITS.index("warm")] + rng.normal(size=len(age)) > 0.3,
        windows=_windows(rng, len(age)),
        off_limits=_off_limits(rng, interests) & ~sparse[:, None],
        essentials=_essentials(rng, values, interests, sparse),
    )


def _scores(rng: np.random.Generator, traits: Floats, lines: Floats, *, spread: float) -> Ints:
    """Sliders (n, k) of k lines of a mean and loadings; half of what tells two people apart is noise."""
    shape = (len(traits), len(lines))
    scores = lines[:, 0] + spread * (traits @ lines[:, 1:].T) + 0.8 * spread * rng.normal(size=shape)
    return np.asarray(np.clip(np.rint(scores), 0, 100), dtype=np.int64)


def _first_three(rng: np.random.Generator, values: Ints) -> Ints:
    """Three of each row (k, V), the rest not given."""
    places = rng.random(values.shape).argsort(axis=1).argsort(axis=1)
    return np.where(places < 3, values, NOT_GIVEN)


def _readiness(rng: np.random.Generator, traits: Floats, sparse: Bits) -> Ints:
    """The six statements go together; nine of ten answer all of them, the others none."""
    of_person = _scores(rng, traits, np.array([READINESS_LOADINGS]), spread=16.0)
    said = of_person / 25.0 + 1.0 + rng.normal(0.0, 0.7, (len(traits), len(READINESS)))
    given = ~sparse & (rng.random(len(traits)) < 0.90)
    return np.where(given[:, None], np.clip(np.rint(said), 1, 5), 0).astype(np.int64)


def _option(rng: np.random.Generator, traits: Floats, name: str) -> Ints:
    """The options cut the line of loadings and noise into equally likely parts."""
    options, loadings = CHOICES[name]
    place = traits @ np.array(loadings) + rng.normal(0.0, 0.8, len(traits))
    cuts = np.quantile(place, np.linspace(0.0, 1.0, len(options) + 1)[1:-1])
    return np.asarray(np.searchsorted(cuts, place))


def _windows(rng: np.random.Generator, people: int) -> Bits:
    """Most have evenings and weekends, some the whole day here and there, a few the nights."""
    working, flexible, nightly = np.zeros((3, 7, 24 // HOURS_OF_A_SLOT), dtype=np.float32)
    working[:5, 4:], working[5:, 2:] = 0.55, 0.6
    flexible[:, 2:] = 0.4
    nightly[:, (0, 5)] = 0.7
    habits = np.stack((working, flexible, nightly)).reshape(3, SLOTS)
    habit = rng.choice(3, size=people, p=(0.70, 0.22, 0.08))
    return np.asarray(rng.random((people, SLOTS), dtype=np.float32) < habits[habit])


def _off_limits(rng: np.random.Generator, interests: Ints) -> Bits:
    """Nobody keeps out what they like themselves."""
    likely = [tables.OFF_LIMITS.get(topic, tables.OFF_LIMITS_INTEREST) for topic in TOPICS]
    named = rng.random((len(interests), len(TOPICS))) < np.array(likely)
    named[:, [TOPICS.index(key) for key in INTERESTS]] &= interests < 40
    return named


def _essentials(rng: np.random.Generator, values: Ints, interests: Ints, sparse: Bits) -> Ints:
    """None to three of what somebody scored highest, values more often than interests."""
    scored = np.hstack((values, interests - 15)) + rng.normal(0.0, 8.0, (len(values), len(VALUES) + len(INTERESTS)))
    best = np.argsort(-scored, axis=1)[:, :3]
    number = rng.choice(4, size=len(values), p=(0.30, 0.15, 0.20, 0.35))
    number[sparse] = 0
    return np.where(np.arange(3) < number[:, None], best, NOT_GIVEN)
