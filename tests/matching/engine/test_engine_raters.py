"""What judgements are worth: nobody is lifted by people who only rate each other."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import raters
from safety import trust
from safety.enums import TrustSource
from safety.trust import Bounds, Entry, Terms

START = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = Terms(timedelta(days=90), timedelta(days=730))
REFLECTION = TrustSource.REFLECTION


@pytest.mark.parametrize(
    "days, standing, known, weight",
    [(30, 50, 5, 1), (400, 90, 80, 1), (7, 50, 5, 0), (18.5, 50, 5, 0.5), (30, 25, 5, 0), (30, 37.5, 1, 0.1)],
)
def test_credibility(days, standing, known, weight):
    assert raters.credibility(days=days, trust=standing, known=known) == pytest.approx(weight)


@pytest.mark.parametrize(
    "vibe, outcome, concern, value",
    [(5, 1, False, 1), (1, -0.5, False, -0.75), (3, 0, False, 0), (5, 1, True, 0.5), (1, -0.5, True, -1)],
)
def test_an_opinion(vibe, outcome, concern, value):
    assert raters.opinion(vibe=vibe, outcome=outcome, concern=concern) == value


@pytest.mark.parametrize(
    "said, points",
    [([(1, 1)] * 3, 4), ([(1, -1)] * 3, -4), ([(1, 1), (1, -1), (1, 0)], 0), ([(0.1, 1)] * 3, 0), ([(0.5, 1)] * 9, 2)],
)
def test_a_batch_moves_by_its_weighed_mean(said, points):
    assert raters.change(said) == points


def test_two_three_and_four_people_lift_each_other_by_nothing():
    assert [raters.ring_bound(people) for people in range(1, 9)] == [0, 0, 0, 0, 2, 6, 8, 10]


def test_however_many_believe_there_is_an_end():
    assert raters.bound(1000.0) == raters.MOST == trust.RULES[REFLECTION].component.highest


def rounds(people, others):
    """By day, who says what of whom: (rater, rated) -> opinion."""
    one = st.tuples(st.integers(0, people - 1), st.integers(0, people - 1), st.sampled_from([1.0, 1.0, 0.5, -1.0]))
    return st.lists(st.lists(one, max_size=3 * people), max_size=others)


class Ring:
    """People who rate nobody but each other, all of them old accounts, by the rules of the daily batch alone."""

    def __init__(self, people, *, known):
        self.ledgers = {person: [] for person in range(people)}
        self.pending = {person: {} for person in range(people)}
        self.heard = {person: set() for person in range(people)}
        self.known = known

    def score(self, person, at):
        return trust.standing(self.ledgers[person], at=at, terms=TERMS).score

    def settle(self, at):
        for person, said in self.pending.items():
            if len(said) >= raters.AT_LEAST:
                self.heard[person] |= said.keys()
                self._move(person, said, at)
                self.pending[person] = {}

    def _move(self, person, said, at):
        weigh = {
            rater: raters.credibility(days=400, trust=self.score(rater, at), known=self.known)
            for rater in self.heard[person]
        }
        most = raters.bound(sum(weigh.values()))
        asked = raters.change([(weigh[rater], value) for rater, value in said.items()])
        now_at = trust.component(self.ledgers[person], REFLECTION, at=at, terms=TERMS)
        moved = trust.held(REFLECTION, asked, component=now_at, spent=0, within=Bounds(-most, most))
        self.ledgers[person].append(Entry(REFLECTION, moved, at))


def highest(people, known, days):
    """The highest score that anybody of a ring comes to at any time."""
    ring, at, top = Ring(people, known=known), START, 50
    for said in days:
        at += timedelta(days=1)
        for rater, rated, value in said:
            if rater != rated:
                ring.pending[rated][rater] = value
        ring.settle(at)
        top = max(top, *(ring.score(person, at) for person in range(people)))
    return top


@given(st.data(), st.integers(2, 7))
def test_whatever_a_closed_ring_says_of_itself_nobody_rises_above_its_bound(data, people):
    days = data.draw(rounds(people, others=40))
    assert highest(people, people - 1, days) <= 50 + raters.ring_bound(people)


@given(st.data(), st.integers(2, 7))
def test_one_that_also_talks_to_everybody_else_rises_by_two_for_each_beyond_the_third(data, people):
    days = data.draw(rounds(people, others=40))
    assert highest(people, 100, days) <= 50 + 2 * max(0, people - 3)


def test_and_comes_to_that_bound():
    everybody = [(rater, rated, 1.0) for rater in range(6) for rated in range(6)]
    assert highest(6, 5, [everybody] * 10) == 56
