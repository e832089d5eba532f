"""Human Design: gates, lines, channels, centres, type, authority, profile, definition.

Everything works on rows (S, ...) as `births.positions` makes them; `designs` then says for each person what
is sure and what is only likely. Formulas are the tradition's own rules (see bodygraph).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.engine.births import Ints, Positions, mean_by_owner
from matching.engine.bodygraph import (
    ACTIVATIONS,
    AUTHORITIES,
    CENTRES,
    CHANNEL_CENTRES,
    CHANNEL_GATES,
    CHANNEL_NAMES,
    DEFINITIONS,
    GATE_ARC,
    LINE_ARC,
    MOTORS,
    STRATEGIES,
    TYPES,
    WHEEL,
    WHEEL_START,
)
from matching.engine.ephemeris import BODIES, Floats

Bits = NDArray[np.bool_]

THROAT, G, HEART, SPLEEN, SACRAL, SOLAR_PLEXUS = (
    CENTRES.index(name) for name in ("throat", "g", "heart", "spleen", "sacral", "solar_plexus")
)
_GATES = np.array(WHEEL)
_MOTORS = np.array([CENTRES.index(name) for name in MOTORS])
_FROM_BODIES = np.array([BODIES.index("sun" if name == "earth" else name) for name in ACTIVATIONS])
_SHIFT = np.array([180.0 if name == "earth" else 0.0 for name in ACTIVATIONS])


@dataclass(frozen=True)
class Graphs:
    """Bodygraphs of S rows.

    personality_gates, design_gates (S, 13): gate numbers 1-64 in the order of ACTIVATIONS; lines likewise,
    1-6. gates (S, 64), channels (S, 36), centres (S, 9): what is active, complete and defined. type,
    authority, definition (S,): positions in TYPES, AUTHORITIES, DEFINITIONS. profile (S, 2): lines of the
    personality's and design's Sun.
    """

    personality_gates: Ints
    personality_lines: Ints
    design_gates: Ints
    design_lines: Ints
    gates: Bits
    channels: Bits
    centres: Bits
    type: Ints
    authority: Ints
    definition: Ints
    profile: Ints


def graphs(rows: Positions) -> Graphs:
    """The bodygraph of every row of positions."""
    gate, line = gates_and_lines(activations(rows.birth))
    design_gate, design_line = gates_and_lines(activations(rows.design))
    bits = gate_bits(gate, design_gate)
    first, second = CHANNEL_GATES.T
    channels = bits[:, first] & bits[:, second]
    reach = _reach(channels)
    centres = np.asarray(reach.diagonal(axis1=1, axis2=2))
    kind = _types(centres, reach)
    return Graphs(
        personality_gates=gate,
        personality_lines=line,
        design_gates=design_gate,
        design_lines=design_line,
        gates=bits,
        channels=channels,
        centres=centres,
        type=kind,
        authority=_authorities(centres, kind),
        definition=_definitions(centres, reach),
        profile=np.column_stack((line[:, 0], design_line[:, 0])),
    )


def activations(longitudes: Floats) -> Floats:
    """Longitudes of ACTIVATIONS (S, 13) from those of BODIES (S, 12); the Earth stands opposite the Sun."""
    return np.asarray((longitudes[:, _FROM_BODIES] + _SHIFT) % 360.0)


def gates_and_lines(longitudes: Floats) -> tuple[Ints, Ints]:
    """Gate 1-64 and line 1-6 of longitudes in degrees, any shape."""
    along = (longitudes - WHEEL_START) % 360.0
    gate = np.minimum(along // GATE_ARC, 63).astype(np.int64)
    line = np.minimum((along - gate * GATE_ARC) // LINE_ARC, 5).astype(np.int64) + 1
    return _GATES[gate], line


def gate_bits(*sides: Ints) -> Bits:
    """Which of the 64 gates the sides (S, 13) activate together: (S, 64), gate 1 first."""
    gates = np.hstack(sides)
    bits = np.zeros((len(gates), 64), dtype=bool)
    bits[np.arange(len(gates))[:, None], gates - 1] = True
    return bits


def _reach(channels: Bits) -> Bits:
    """Which centres hang together through complete channels: (S, 9, 9); the diagonal says defined."""
    one, other = CHANNEL_CENTRES.T
    links = np.zeros((len(channels), 9, 9), dtype=bool)
    for channel in range(len(one)):
        links[:, one[channel], other[channel]] |= channels[:, channel]
    reach = links | links.transpose(0, 2, 1)
    for middle in range(9):
        reach |= reach[:, :, middle, None] & reach[:, None, middle, :]
    return reach


def _types(centres: Bits, reach: Bits) -> Ints:
    """No centre: Reflector. Sacral: Generator, Manifesting with a motor at the throat. Else that decides."""
    voiced = reach[:, THROAT, _MOTORS].any(axis=1)
    conditions = [~centres.any(axis=1), centres[:, SACRAL] & voiced, centres[:, SACRAL], voiced]
    names = ("reflector", "manifesting_generator", "generator", "manifestor")
    return np.select(conditions, [TYPES.index(name) for name in names], TYPES.index("projector")).astype(np.int64)


def _authorities(centres: Bits, kind: Ints) -> Ints:
    """The first defined of solar plexus, sacral, spleen, heart, G; else the mind, or a Reflector's Moon."""
    order = [centres[:, centre] for centre in (SOLAR_PLEXUS, SACRAL, SPLEEN, HEART, G)]
    conditions = [*order, kind == TYPES.index("reflector")]
    names = ("emotional", "sacral", "splenic", "ego", "self_projected", "lunar")
    return np.select(conditions, [AUTHORITIES.index(name) for name in names], AUTHORITIES.index("mental")).astype(
        np.int64
    )


def _definitions(centres: Bits, reach: Bits) -> Ints:
    """Number of islands of defined centres, 0-4: a centre counts if it is the first of its island."""
    earlier = np.tril(np.ones((9, 9), dtype=bool), -1)
    first = centres & ~(reach & earlier).any(axis=2)
    return np.asarray(first.sum(axis=1))


@dataclass(frozen=True)
class Design:
    """What can be said of one person. Each mapping holds probabilities that sum to one; a known time gives
    1.0 to one name. gates and centres are probabilities of being active and defined; channels likewise by
    "20-34".
    """

    type: dict[str, float]
    strategy: dict[str, float]
    authority: dict[str, float]
    profile: dict[str, float]
    definition: dict[str, float]
    centres: dict[str, float]
    channels: dict[str, float]
    gates: dict[int, float]

    @property
    def certain(self) -> bool:
        return all(len(names) == 1 for names in (self.type, self.authority, self.profile, self.definition))


def designs(owner: Ints, rows: Graphs) -> list[Design]:
    """One Design a person out of the graphs of their rows; owner (S,) as in Positions."""
    bits = [mean_by_owner(table, owner) for table in (rows.centres, rows.channels, rows.gates)]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    named = np.column_stack((rows.type, rows.authority, rows.definition, rows.profile))
    people = zip(np.split(named, starts[1:]), *bits, strict=True)
    return [_design(names, centres, channels, gates) for names, centres, channels, gates in people]


def _design(names: Ints, centres: Floats, channels: Floats, gates: Floats) -> Design:
    """One person's Design from rows (s, 5) of type, authority, definition and both lines, and mean bits."""
    kind, authority, definition, *lines = names.T.tolist()
    return Design(
        type=_shares([TYPES[i] for i in kind]),
        strategy=_shares([STRATEGIES[TYPES[i]] for i in kind]),
        authority=_shares([AUTHORITIES[i] for i in authority]),
        profile=_shares([f"{a}/{b}" for a, b in zip(*lines, strict=True)]),
        definition=_shares([DEFINITIONS[i] for i in definition]),
        centres={name: p for name, p in zip(CENTRES, centres.tolist(), strict=True) if p},
        channels={name: p for name, p in zip(CHANNEL_NAMES, channels.tolist(), strict=True) if p},
        gates={gate: p for gate, p in enumerate(gates.tolist(), start=1) if p},
    )


def _shares(names: list[str]) -> dict[str, float]:
    """How often each name occurs, most frequent first; ties in alphabetical order."""
    counts = {name: names.count(name) for name in sorted(set(names))}
    return {name: count / len(names) for name, count in sorted(counts.items(), key=lambda item: -item[1])}
