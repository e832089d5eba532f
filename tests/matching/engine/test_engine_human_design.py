"""Human Design: the tables, the rules on hand-made graphs, and charts of people of public record."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from matching.engine import bodygraph, human_design
from matching.engine.births import Birth, born_on
from matching.engine.charts import natal_charts
from matching.engine.human_design import gate_bits, gates_and_lines

PUBLIC = {
    "Ra Uru Hu": (datetime(1948, 4, 9, 0, 14, tzinfo=ZoneInfo("America/Montreal")), 45.5, -73.57),
    "Barack Obama": (datetime(1961, 8, 4, 19, 24, tzinfo=ZoneInfo("Pacific/Honolulu")), 21.3, -157.86),
    "Diana Spencer": (datetime(1961, 7, 1, 18, 45, tzinfo=UTC), 52.83, 0.5),
    "Steve Jobs": (datetime(1955, 2, 24, 19, 15, tzinfo=ZoneInfo("America/Los_Angeles")), 37.77, -122.42),
    "Albert Einstein": (datetime(1879, 3, 14, 10, 50, tzinfo=UTC), 48.4, 10.0),
}


@pytest.mark.parametrize(
    ("person", "kind", "profile", "authority"),
    [
        ("Ra Uru Hu", "manifestor", "5/1", "splenic"),
        ("Barack Obama", "projector", "6/2", "emotional"),
        ("Diana Spencer", "projector", "1/3", "emotional"),
        ("Steve Jobs", "generator", "6/3", "emotional"),
        ("Albert Einstein", "generator", "1/4", "emotional"),
    ],
)
def test_designs_of_public_record(person: str, kind: str, profile: str, authority: str) -> None:
    design = natal_charts([Birth(*PUBLIC[person])])[0].human_design
    assert (design.type, design.profile, design.authority) == ({kind: 1.0}, {profile: 1.0}, {authority: 1.0})
    assert design.certain


def test_an_ascendant_of_public_record() -> None:
    angles = natal_charts([Birth(*PUBLIC["Diana Spencer"])])[0].angles
    assert angles is not None
    assert abs(angles.ascendant - (240.0 + 18.4)) < 0.5


def test_the_wheel_has_every_gate_once_and_the_channels_36() -> None:
    assert sorted(bodygraph.WHEEL) == list(range(1, 65))
    assert len({frozenset(channel[:2]) for channel in bodygraph.CHANNELS}) == 36
    assert {gate for channel in bodygraph.CHANNELS for gate in channel[:2]} == set(range(1, 65))


@pytest.mark.parametrize(
    ("longitude", "gate", "line"),
    [(302.0, 41, 1), (301.999, 60, 6), (307.62, 41, 6), (307.625, 19, 1), (0.0, 25, 2), (15.0, 21, 6)],
)
def test_gates_and_lines_of_the_wheel(longitude: float, gate: int, line: int) -> None:
    found = gates_and_lines(np.array([longitude]))
    assert (int(found[0][0]), int(found[1][0])) == (gate, line)


@pytest.mark.parametrize(
    ("channels", "kind", "authority", "definition"),
    [
        ([], "reflector", "lunar", "none"),
        ([(59, 6)], "generator", "emotional", "single"),
        ([(5, 15)], "generator", "sacral", "single"),
        ([(20, 34)], "manifesting_generator", "sacral", "single"),
        ([(5, 15), (1, 8)], "manifesting_generator", "sacral", "single"),
        ([(42, 53), (16, 48)], "generator", "sacral", "split"),
        ([(21, 45)], "manifestor", "ego", "single"),
        ([(35, 36)], "manifestor", "emotional", "single"),
        ([(18, 58), (16, 48)], "manifestor", "splenic", "single"),
        ([(25, 51)], "projector", "ego", "single"),
        ([(1, 8)], "projector", "self_projected", "single"),
        ([(16, 48)], "projector", "splenic", "single"),
        ([(64, 47)], "projector", "mental", "single"),
        ([(64, 47), (19, 49), (16, 48), (25, 51)], "projector", "emotional", "quadruple_split"),
    ],
)
def test_types_authorities_and_definitions(
    channels: list[tuple[int, int]], kind: str, authority: str, definition: str
) -> None:
    bits = np.zeros((1, 64), dtype=bool)
    bits[0, [gate - 1 for channel in channels for gate in channel]] = True
    first, second = bodygraph.CHANNEL_GATES.T
    reach = human_design._reach(bits[:, first] & bits[:, second])
    centres = reach.diagonal(axis1=1, axis2=2)
    types = human_design._types(centres, reach)
    assert bodygraph.TYPES[types[0]] == kind
    assert bodygraph.AUTHORITIES[human_design._authorities(centres, types)[0]] == authority
    assert bodygraph.DEFINITIONS[human_design._definitions(centres, reach)[0]] == definition


def test_both_sides_activate_gates() -> None:
    bits = gate_bits(np.array([[1, 2]]), np.array([[64, 2]]))
    assert np.flatnonzero(bits[0]).tolist() == [0, 1, 63]


def test_an_unknown_time_gives_probabilities_that_sum_to_one() -> None:
    design = natal_charts([born_on(date(1961, 7, 1), ZoneInfo("Europe/London"), 52.83, 0.5)])[0].human_design
    for shares in (design.type, design.strategy, design.authority, design.profile, design.definition):
        assert sum(shares.values()) == pytest.approx(1.0)
    assert len(design.type) > 1
    assert not design.certain
