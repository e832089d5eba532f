"""The score as its formula makes it of a ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safety import trust
from safety.enums import TrustBand, TrustSource
from safety.trust import RULES, Bounds, Entry, Terms

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TERMS = Terms(timedelta(days=90), timedelta(days=730))
REFLECTION, REPORT, COOLDOWN = TrustSource.REFLECTION, TrustSource.REPORT_CONFIRMED, TrustSource.COOLDOWN_PENALTY
entries = st.lists(
    st.builds(
        Entry,
        st.sampled_from(list(RULES)),
        st.integers(-50, 50),
        st.integers(0, 900).map(lambda days: NOW - timedelta(days=days)),
    ),
    max_size=60,
)


def score(*given):
    return trust.standing([Entry(source, delta, NOW - timedelta(days=days)) for source, delta, days in given],
                          at=NOW, terms=TERMS).score  # fmt: skip


def test_nothing_known_is_the_middle():
    assert trust.standing([], at=NOW, terms=TERMS) == trust.Standing(50, dict.fromkeys(RULES, 0.0))


def test_a_source_adds_what_its_events_do():
    assert score((REFLECTION, 4, 0), (REFLECTION, 3, 0), (REPORT, -20, 0)) == 37


def test_after_a_half_life_half_of_it_is_left():
    assert score((REPORT, -20, 90)) == 40


def test_past_the_memory_nothing_is():
    terms = Terms(timedelta(days=10_000), TERMS.memory)
    kept, gone = (Entry(REPORT, -20, NOW - timedelta(days=days)) for days in (729, 730))
    at = {"at": NOW, "terms": terms}
    assert (trust.standing([kept], **at).score, trust.standing([gone], **at).score) == (31, 50)


def test_what_is_taken_back_from_the_same_moment_cancels_at_any_time():
    moved = Entry(REPORT, -20, NOW - timedelta(days=40))
    undone = moved._replace(delta=20)
    for days in (0, 17, 400):
        at = NOW + timedelta(days=days)
        assert trust.standing([moved, undone], at=at, terms=TERMS).score == 50


@given(entries)
def test_a_score_and_its_components_are_within_their_bounds(ledger):
    found = trust.standing(ledger, at=NOW, terms=TERMS)
    assert 0 <= found.score <= 100
    assert all(rule.component.lowest <= found.components[source] <= rule.component.highest
               for source, rule in RULES.items())  # fmt: skip


@given(entries, st.randoms())
def test_the_order_of_the_ledger_does_not_matter(ledger, chance):
    shuffled = chance.sample(ledger, len(ledger))
    assert trust.standing(shuffled, at=NOW, terms=TERMS) == trust.standing(ledger, at=NOW, terms=TERMS)


@given(st.sampled_from(list(RULES)), st.lists(st.tuples(st.integers(-99, 99), st.integers(0, 200)), max_size=40))
def test_held_to_its_bounds_a_component_needs_no_cutting_later(source, asked):
    """What is never cut when it is read cannot be saved up behind a bound."""
    at, ledger = NOW, []
    lowest, highest = RULES[source].component
    for delta, days in asked:
        at += timedelta(days=days)
        now_at = trust.component(ledger, source, at=at, terms=TERMS)
        moved = trust.held(source, delta, component=now_at, spent=0)
        ledger.append(Entry(source, moved, at))
        total = sum(one.delta * 2.0 ** -((at - one.counts_from) / TERMS.half_life) for one in ledger)
        assert lowest - 0.5 <= total <= highest + 0.5


@pytest.mark.parametrize(
    "source, asked, component, spent, within, left",
    [
        (REFLECTION, 3, 0.0, 0, None, 3),
        (REFLECTION, 9, 0.0, 0, None, 4),
        (REFLECTION, 4, 0.0, 3, None, 1),
        (REFLECTION, -4, 0.0, 4, None, 0),
        (REFLECTION, 4, 17.5, 0, None, 2),
        (REFLECTION, 4, 0.0, 0, Bounds(-1, 1), 1),
        (REFLECTION, -4, 0.0, 0, Bounds(-1, 1), -1),
        (REFLECTION, 4, 6.0, 0, Bounds(-1, 1), 0),
        (REPORT, -30, -40.0, 0, None, -5),
        (REPORT, 5, 0.0, 0, None, 0),
        (COOLDOWN, -2, 0.0, 6, None, 0),
    ],
)
def test_a_change_is_held_to_what_is_left(source, asked, component, spent, within, left):
    assert trust.held(source, asked, component=component, spent=spent, within=within) == left


def test_a_score_is_shown_in_steps():
    assert [trust.shown(score) for score in (0, 2, 3, 52, 53, 98, 100)] == [0, 0, 5, 50, 55, 100, 100]


def test_others_are_told_one_of_three():
    assert [trust.band(score) for score in (34, 35, 64, 65)] == [
        TrustBand.LOW,
        TrustBand.USUAL,
        TrustBand.USUAL,
        TrustBand.HIGH,
    ]


def test_another_half_life_is_another_version():
    assert TERMS.version == "trust-1 90/730"
    assert Terms(timedelta(days=30), TERMS.memory).version != TERMS.version
