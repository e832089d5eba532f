"""The invented population, before any of it is a row."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from connect.enums import Gender, Mode
from connect.vectors import INTERESTS, TOPICS, VALUES
from matching.simulation import tables, wishes
from matching.simulation.answers import NOT_GIVEN
from matching.simulation.cities import cities
from matching.simulation.population import population

MANY = 20_000


@pytest.fixture(scope="module")
def crowd():
    return population(MANY, 1)


def arrays(part):
    """Every array of a dataclass, of those inside it too, by path."""
    found = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            found |= {f"{field.name}.{name}": array for name, array in arrays(value).items()}
        elif isinstance(value, dict):
            found |= {f"{field.name}.{name}": array for name, array in value.items()}
        elif isinstance(value, np.ndarray):
            found[field.name] = value
    return found


def years(crowd):
    return crowd.births.age_days[crowd.birth] / wishes.YEAR


def share_of(enum, indices, table):
    return (indices == list(table).index(enum)).mean()


def test_the_same_seed_draws_the_same_people():
    one, again = arrays(population(200, 7)), arrays(population(200, 7))
    assert len(one) > 30
    assert [name for name in one if not np.array_equal(one[name], again[name])] == []


def test_another_seed_draws_others():
    one, other = arrays(population(200, 7)), arrays(population(200, 8))
    assert [name for name in one if np.array_equal(one[name], other[name])] == ["birth"]


def test_one_person_can_be_drawn():
    assert len(population(1, 1)) == 1


@pytest.mark.parametrize(("gender", "share"), tables.GENDER_SHARES.items())
def test_genders_are_skewed(crowd, gender, share):
    assert share_of(gender, crowd.wishes.gender, tables.GENDER_SHARES) == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(("mode", "share"), tables.MODE_SHARES.items())
def test_modes_are_skewed(crowd, mode, share):
    assert share_of(mode, crowd.wishes.mode, tables.MODE_SHARES) == pytest.approx(share, abs=0.015)


def test_men_mostly_seek_women_in_romance(crowd):
    men = crowd.wishes.gender == list(tables.GENDER_SHARES).index(Gender.MALE)
    romance = crowd.wishes.mode == list(tables.MODE_SHARES).index(Mode.ROMANCE)
    sought = crowd.wishes.seeks[men & romance]
    assert (sought == tables.SEEKS.index(tables.WOMEN)).mean() == pytest.approx(0.86, abs=0.02)


def test_ages_lie_between_18_and_75_with_a_long_tail(crowd):
    ages = years(crowd)
    assert ages.min() >= 18.0
    assert ages.max() < 76.01
    assert np.median(ages) == pytest.approx(31.5, abs=1.0)
    assert ages.mean() > np.median(ages)


def test_a_range_of_ages_holds_ones_own(crowd):
    ages = np.floor(years(crowd))
    assert (crowd.wishes.age_min <= ages).all()
    assert (crowd.wishes.age_max >= ages).all()
    assert crowd.wishes.age_min.min() >= 18


def test_a_fifth_does_not_know_the_hour_and_a_tenth_gave_no_birth(crowd):
    assert (crowd.births.minute < 0).mean() == pytest.approx(0.20, abs=0.01)
    assert (~crowd.born).mean() == pytest.approx(0.10, abs=0.01)


def test_most_live_in_the_three_countries(crowd):
    near = cities().country[crowd.city] < 3
    assert near.mean() == pytest.approx(0.82, abs=0.01)


def test_homes_lie_around_their_city(crowd):
    apart = crowd.home - cities().degrees[crowd.city]
    kilometres = np.hypot(apart[:, 0], apart[:, 1] * np.cos(np.radians(crowd.home[:, 0]))) * 111.2
    assert 1.0 < np.median(kilometres) < 20.0
    assert kilometres.max() < 100.0


def test_distances_are_limited_for_most(crowd):
    limits = crowd.wishes.distance_km
    assert set(np.unique(limits)) == {0, 25, 50, 100, 150, 200, 300}
    assert (limits == 0).mean() == pytest.approx(0.137, abs=0.01)


def test_everybody_speaks_a_language_and_wants_only_those_they_speak(crowd):
    assert crowd.wishes.spoken.any(axis=1).all()
    assert not (crowd.wishes.wanted & ~crowd.wishes.spoken).any()
    assert (crowd.wishes.spoken.sum(axis=1) > 1).mean() > 0.6


def test_answers_hang_together(crowd):
    values = crowd.answers.values[(crowd.answers.values != NOT_GIVEN).all(axis=1)]
    related = np.corrcoef(values.T)
    assert related[VALUES.index("family"), VALUES.index("security")] > 0.3
    assert related[VALUES.index("freedom"), VALUES.index("security")] < -0.2


def test_answers_spread(crowd):
    values = crowd.answers.values[(crowd.answers.values != NOT_GIVEN).all(axis=1)]
    assert values.std(axis=0).min() > 12
    assert ((values >= 0) & (values <= 100)).all()


def test_a_few_gave_three_values_and_nothing_more(crowd):
    empty = ~crowd.placed
    said = crowd.answers
    assert empty.mean() == pytest.approx(0.03, abs=0.005)
    assert ((said.values[empty] != NOT_GIVEN).sum(axis=1) == 3).all()
    assert (said.interests[empty] == NOT_GIVEN).all()
    assert not said.readiness[empty].any()
    assert not said.preferences[empty].any()
    assert not said.off_limits[empty].any()
    assert (said.essentials[empty] == NOT_GIVEN).all()
    assert not crowd.born[empty].any()
    assert not crowd.wishes.distance_km[empty].any()


def test_nobody_keeps_out_what_they_like(crowd):
    topics = crowd.answers.off_limits[:, [TOPICS.index(key) for key in INTERESTS]]
    assert topics.any()
    assert not (topics & (crowd.answers.interests >= 40)).any()


def test_what_matters_most_is_named_once_and_without_a_gap(crowd):
    named = crowd.answers.essentials
    given = named != NOT_GIVEN
    assert not (~given[:, :-1] & given[:, 1:]).any()
    assert all(len(set(row[row >= 0])) == (row >= 0).sum() for row in named[:2000])


def test_what_matters_most_was_answered(crowd):
    scores = np.hstack((crowd.answers.values, crowd.answers.interests))
    people, ranks = np.nonzero(crowd.answers.essentials != NOT_GIVEN)
    assert (scores[people, crowd.answers.essentials[people, ranks]] != NOT_GIVEN).all()


def test_births_repeat_in_a_large_population_and_nothing_else_does(monkeypatch):
    monkeypatch.setattr(wishes, "BIRTHS", 5)
    crowd = population(12, 1)
    assert crowd.birth.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]
    assert not np.array_equal(crowd.answers.values[0], crowd.answers.values[5])
