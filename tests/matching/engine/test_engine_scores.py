"""Scores: exact, symmetric, bounded, and honest about what is missing."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from populations import random_people
from profiles import CONNECT, FRIENDSHIP

from matching.engine import channels, features, scores, synastry
from matching.engine.births import Birth, born_on, positions
from matching.engine.ephemeris import BODIES, instants
from matching.engine.features import DIMENSIONS, Features, emphasis
from matching.engine.human_design import graphs
from matching.engine.scores import FEEDBACK_BOUND, WeightProfile, public_score, reciprocal, weighted, worths
from matching.engine.spread import halves

SEEDS = st.integers(0, 2**32 - 1)
ONE, TWO = np.array([0, 0, 0]), np.array([1, 2, 3])


def column(name: str) -> int:
    return DIMENSIONS.index(name)


def directed(one: Features, other: Features) -> np.ndarray:
    """(8,): what the other is worth to one in each dimension, zero where missing."""
    return np.add.reduceat(one.query[0] * other.key[0], np.array(one.edges[:-1]))


def matrix(people: Features, profile: WeightProfile) -> np.ndarray:
    """(n, n): what each is worth to each."""
    made = weighted(people, profile)
    return worths(made, made)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([0.0, 0.3, 0.9]))
def test_every_score_lies_between_0_and_100_or_is_not_there(seed: int, missing: float) -> None:
    people = features.features(random_people(8, seed, missing))
    for profile in (CONNECT, FRIENDSHIP):
        found = matrix(people, profile)
        assert (np.isnan(found) | ((found >= 0.0) & (found <= 100.0))).all()
    raw = np.add.reduceat(people.query * np.roll(people.key, 1, axis=0), np.array(people.edges[:-1]), axis=1)
    assert raw.min() > -0.01
    assert raw.max() < 100.01


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_breakdown_and_the_worth_of_a_pair_are_the_same_from_both_sides(seed: int) -> None:
    people = features.features(random_people(8, seed, 0.2))
    there, back = people.take(slice(0, 4)), people.take(slice(4, 8))
    assert np.allclose(scores.breakdown(there, back), scores.breakdown(back, there), equal_nan=True, atol=1e-4)
    for profile in (CONNECT, FRIENDSHIP):
        made = weighted(people, profile)
        both = reciprocal(made, made)
        assert np.allclose(both, both.T, equal_nan=True)
        assert (np.isnan(both) | ((both >= 0.0) & (both <= 100.0))).all()


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_the_matrix_is_the_weighted_mean_of_the_dimensions_both_have(seed: int) -> None:
    people = features.features(random_people(6, seed, 0.3))
    found = matrix(people, FRIENDSHIP)
    for u in range(6):
        for v in range(6):
            one, other = people.take(slice(u, u + 1)), people.take(slice(v, v + 1))
            by_dimension = directed(one, other)
            both = one.present[0] & other.present[0]
            weights = FRIENDSHIP.vector() * both
            expected = (weights * by_dimension).sum() / weights.sum() if weights.sum() else np.nan
            assert found[u, v] == pytest.approx(expected, abs=1e-3, nan_ok=True)


def test_a_missing_dimension_leaves_the_rest_renormalized() -> None:
    people = random_people(2, 5)
    people = replace(people, astro=people.astro * [[np.nan], [1.0]], values_weight=np.ones((2, 10)))
    vectors = features.features(people)
    found = scores.breakdown(vectors.take([0]), vectors.take([1]))[0]
    assert np.isnan(found[column("astro")])
    parts = {"hd": 0.15, "values": 0.30, "communication": 0.20, "readiness": 0.15}
    by_hand = sum(weight * found[column(name)] for name, weight in parts.items()) / 0.80
    assert matrix(vectors, CONNECT)[0, 1] == pytest.approx(by_hand, abs=1e-3)
    assert scores.totals(found[None], CONNECT)[0] == pytest.approx(by_hand, abs=1e-3)


def test_a_pair_that_shares_nothing_has_no_score() -> None:
    vectors = features.features(random_people(2, 1, 1.0))
    assert np.isnan(matrix(vectors, CONNECT)).all()
    assert np.isnan(scores.totals(scores.breakdown(vectors, vectors), CONNECT)).all()


def test_the_score_of_an_unknown_time_is_the_mean_over_the_sampled_times() -> None:
    day = born_on(date(1985, 7, 19), UTC, 52.5, 13.4)
    other = Birth(datetime(1990, 1, 2, 3, 4, tzinfo=UTC), 48.0, 2.0)
    moments = instants(positions([day]).days)
    births = [day, other, *(Birth(moment, 52.5, 13.4) for moment in moments)]
    astro, hd = (half.mean for half in halves(positions(births)))
    blank = np.full((len(births), 1), np.nan)
    people = replace(random_people(1, 0), astro=astro, hd=hd, readiness=blank[:, 0], depth=blank[:, 0])
    names = (
        "values",
        "goals",
        "communication",
        "interests",
        "availability",
        "values_weight",
        "interests_weight",
    )
    vectors = features.features(replace(people, **dict.fromkeys(names, blank)))
    found = matrix(vectors, CONNECT)
    assert found[0, 1] == pytest.approx(found[2:, 1].mean(), abs=0.01)
    assert found[1, 0] == pytest.approx(found[1, 2:].mean(), abs=0.01)


def test_synastry_peaks_at_the_aspects() -> None:
    around = synastry.aspect(np.arange(360.0))
    for angle, (valence, _) in synastry.ASPECTS.items():
        at, near = around[int(angle)], around[[int(angle) - 15, (int(angle) + 15) % 360]]
        assert (at > near).all() if valence > 0 else (at < near).all()
    assert np.allclose(around[1:], around[:0:-1])


def test_synastry_is_the_sum_over_all_pairs_of_bodies() -> None:
    rows = positions(
        [
            Birth(datetime(1990, 1, 2, tzinfo=UTC), 48.0, 2.0),
            Birth(datetime(1988, 5, 6, tzinfo=UTC), 52.0, 9.0),
        ]
    )
    one, other = synastry.synastry_features(rows)
    spark = synastry.voice_shares(one[None], other[None])["spark"][0]
    back = synastry.voice_shares(other[None], one[None])["spark"][0]
    assert spark == pytest.approx(back)
    points = [BODIES.index("venus"), BODIES.index("mars")]
    pairs = synastry.aspect(rows.birth[0, points][:, None] - rows.birth[1, points])
    whole = synastry.voice_shares(one[None], other[None])
    assert sum(share[0] for share in whole.values()) == pytest.approx(
        float((one * synastry.signs_and_scales()[0]) @ other)
    )
    assert np.sign(spark) == np.sign(pairs.sum())


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        ([59], [6], "electromagnetic"),
        ([59, 6], [59, 6], "companionship"),
        ([59, 6], [6], "compromise"),
        ([59, 6], [], "dominance"),
    ],
)
def test_channels_meet_by_kind(ours: list[int], theirs: list[int], kind: str) -> None:
    bits = np.zeros((2, 64), dtype=bool)
    for row, gates in zip(bits, (ours, theirs), strict=True):
        row[[gate - 1 for gate in gates]] = True
    bits[:, 40] = True
    rows = channels.channel_features(bits)
    shares = {name: float(share[0]) for name, share in channels.kind_shares(rows[:1], rows[1:]).items()}
    worth = channels.KINDS[kind][0]
    assert np.sign(shares.pop(kind)) == np.sign(worth)
    assert all(share == 0.0 for name, share in shares.items())


def test_turning_channel_features_keeps_the_worth_and_can_be_undone() -> None:
    rows = positions([Birth(datetime(1990, 1, day, tzinfo=UTC), 48.0, 2.0) for day in (1, 9)])
    found = channels.channel_features(graphs(rows).gates)
    query, key = channels.turn(found)
    kinds = channels.kind_shares(found[:1], found[1:])
    assert query[0] @ key[1] == pytest.approx(sum(float(share[0]) for share in kinds.values()))
    assert np.allclose(channels.unturn(query), found)


def test_non_negotiables_pull_the_own_query_only() -> None:
    people = random_people(2, 3)
    ranks = np.zeros((2, 10), dtype=int)
    ranks[0, :3] = [1, 2, 3]
    vectors = features.features(replace(people, values_weight=emphasis(ranks)))
    plain = features.features(replace(people, values_weight=np.ones((2, 10))))
    part = vectors.columns("values")
    assert not np.allclose(vectors.query[0, part], plain.query[0, part])
    assert np.allclose(vectors.query[1, part], plain.query[1, part])
    assert np.allclose(vectors.key, plain.key)


def test_emphasis_is_3_2_1_on_top_of_one() -> None:
    assert emphasis(np.array([0, 1, 2, 3])).tolist() == [1.0, 4.0, 3.0, 2.0]


def test_known_values_of_the_simple_dimensions() -> None:
    people = replace(random_people(2, 3), depth=np.array([0.0, 1.0]), readiness=np.array([80.0, 50.0]))
    people = replace(people, availability=np.eye(21)[[3, 4]], communication=np.array([[1.0, 0.0], [-1.0, 0.0]]))
    vectors = features.features(people)
    found = scores.breakdown(vectors.take([0, 0]), vectors.take([1, 0]))
    names = [column(name) for name in ("communication", "depth", "availability", "readiness")]
    assert found[0, names] == pytest.approx([0.0, 0.0, 0.0, 40.0], abs=1e-3)
    assert found[1, names] == pytest.approx([100.0, 100.0, 100.0, 64.0], abs=1e-3)


def test_the_less_keen_side_counts_twice() -> None:
    people = features.features(random_people(2, 3))
    made = weighted(people, WeightProfile("values", {"values": 1.0}))
    less, more = sorted((worths(made, made)[0, 1], worths(made, made)[1, 0]))
    assert more - less > 1.0
    assert reciprocal(made, made)[0, 1] == pytest.approx((2.0 * less + more) / 3.0, abs=1e-3)


def leaning(people: Features, person: int, **moves: float) -> Features:
    """The same people, one of whom feedback moved."""
    leanings = people.leanings.copy()
    leanings[person, [column(name) for name in moves]] = list(moves.values())
    return replace(people, leanings=leanings)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.floats(-0.5, 0.5, width=32))
def test_feedback_moves_the_own_side_alone(seed: int, move: float) -> None:
    people = features.features(random_people(5, seed, 0.2))
    before, after = matrix(people, CONNECT), matrix(leaning(people, 2, values=move), CONNECT)
    others = [0, 1, 3, 4]
    np.testing.assert_array_equal(after[others], before[others])


def test_a_leaning_makes_a_dimension_count_more_for_whom_it_moved() -> None:
    people = features.features(random_people(4, 3))
    liked = matrix(people, WeightProfile("values", {"values": 1.0}))[0]
    before, after = matrix(people, CONNECT)[0], matrix(leaning(people, 0, values=0.5), CONNECT)[0]
    assert (np.sign(after - before)[1:] == np.sign(liked - before)[1:]).all()


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.floats(-0.5, 0.5, width=32))
def test_moving_every_weight_alike_changes_nothing(seed: int, move: float) -> None:
    people = features.features(random_people(5, seed, 0.2))
    moved = leaning(people, 0, **dict.fromkeys(DIMENSIONS, move))
    np.testing.assert_allclose(matrix(moved, CONNECT), matrix(people, CONNECT), atol=1e-3)


def test_weights_that_feedback_moved_still_make_a_mean() -> None:
    people = leaning(features.features(random_people(2, 5)), 0, values=0.5)
    by_dimension = directed(people.take([0]), people.take([1]))
    own = CONNECT.vector()
    own[column("values")] *= 1.5
    assert matrix(people, CONNECT)[0, 1] == pytest.approx((own * by_dimension).sum() / own.sum(), abs=1e-3)


def test_feedback_moves_weights_within_bounds() -> None:
    people = features.features(random_people(4, 3))
    far, bound = leaning(people, 0, values=9.0), leaning(people, 0, values=FEEDBACK_BOUND)
    np.testing.assert_array_equal(matrix(far, CONNECT), matrix(bound, CONNECT))
    assert not np.allclose(matrix(bound, CONNECT), matrix(people, CONNECT))


@pytest.mark.parametrize(("score", "shown"), [(0.0, 0), (2.4, 0), (2.5, 5), (62.4, 60), (62.5, 65), (100.0, 100)])
def test_scores_leave_in_steps_of_five(score: float, shown: int) -> None:
    assert public_score(score) == shown


def test_what_is_missing_stays_missing() -> None:
    assert public_score(float("nan")) is None


def test_a_profile_that_sums_to_one_is_taken_and_others_are_refused() -> None:
    assert WeightProfile("v", {"values": 1.0}).vector()[column("values")] == 1.0
    for weights in ({"values": 0.9}, {"values": 1.5, "hd": -0.5}, {"values": 1.0, "hd": float("nan")}, {}):
        with pytest.raises(ValueError, match="sum to 1"):
            WeightProfile("v", weights)
    with pytest.raises(ValueError, match="unknown"):
        WeightProfile("v", {"looks": 1.0})


def test_typical_scores_are_spread() -> None:
    people = features.features(random_people(120, 2))
    one, other = np.triu_indices(120, 1)
    found = scores.breakdown(people.take(one), people.take(other))
    spreads = dict(zip(DIMENSIONS, found.std(axis=0), strict=True))
    assert all(spread > 5.0 for spread in spreads.values()), spreads
    assert scores.totals(found, CONNECT).std() > 4.0
