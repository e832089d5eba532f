"""Judging a match: when, by whom, and what the engine makes of it."""

from dataclasses import replace

import numpy as np
import pytest
from django.utils import timezone

from config.errors import NotYours, WrongState
from matching.engine.features import DIMENSIONS
from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback
from matching.services import feedback
from matching.services.feedback import BOUND, STEP, Judgement
from tests.matching.builders import account, match_of

pytestmark = pytest.mark.django_db

GOOD = Judgement(rating=4, fit_score=78, safety_score=90, communication_score=70, reasons=["timing"], notes="Fine.")


def met(status):
    return match_of(account(), account(), timezone.now(), status)


@pytest.mark.parametrize("status", [MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.REVEALED])
def test_who_talks_may_judge(status):
    match = met(status)
    kept = feedback.give(match_id=match.id, by=match.user_b_id, judgement=GOOD)
    stored = MatchFeedback.objects.get()
    assert (stored.id, stored.user_id, stored.match_id) == (kept.id, match.user_b_id, match.id)
    assert (stored.rating, stored.fit_score, stored.reasons, stored.notes) == (4, 78, ["timing"], "Fine.")
    assert stored.engine_version == match.engine_version


def test_who_talked_may_judge_afterwards():
    match = met(MatchStatus.BLIND_CHAT_ACTIVE)
    Match.objects.filter(id=match.id).update(status=MatchStatus.CLOSED)
    feedback.give(match_id=match.id, by=match.user_a_id, judgement=GOOD)
    assert MatchFeedback.objects.count() == 1


@pytest.mark.parametrize(
    "status", [s for s in MatchStatus if s not in {MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.REVEALED}]
)
def test_who_never_talked_may_not(status):
    match = met(status)
    with pytest.raises(WrongState) as refused:
        feedback.give(match_id=match.id, by=match.user_a_id, judgement=GOOD)
    assert refused.value.code == "not_met_yet"
    assert not MatchFeedback.objects.exists()


def test_a_stranger_may_not():
    match = met(MatchStatus.REVEALED)
    with pytest.raises(NotYours):
        feedback.give(match_id=match.id, by=account().id, judgement=GOOD)


def test_judging_again_replaces():
    match = met(MatchStatus.REVEALED)
    for rating in (4, 2):
        judgement = replace(GOOD, rating=rating)
        feedback.give(match_id=match.id, by=match.user_a_id, judgement=judgement)
    assert MatchFeedback.objects.get().rating == 2


def test_both_judge_for_themselves():
    match = met(MatchStatus.REVEALED)
    for by in (match.user_a_id, match.user_b_id):
        feedback.give(match_id=match.id, by=by, judgement=GOOD)
    assert MatchFeedback.objects.count() == 2


def delta(rating, **scores):
    return dict(zip(DIMENSIONS, feedback.vector_delta(scores, rating), strict=True))


def test_liked_raises_what_scored_high_alone():
    moved = delta(5, values=100.0, communication=20.0, astro=None)
    assert moved["values"] == pytest.approx(STEP)
    assert {name for name, move in moved.items() if move} == {"values"}


def test_disliked_lowers_it():
    assert delta(1, values=100.0)["values"] == pytest.approx(-STEP)


def test_a_middle_rating_moves_nothing():
    assert not any(delta(3, values=100.0).values())


def test_a_milder_rating_moves_half():
    assert delta(4, values=100.0)["values"] == pytest.approx(STEP / 2)


def test_all_together_stay_within_the_bound():
    moved = np.array(list(delta(5, **dict.fromkeys(DIMENSIONS, 100.0)).values()))
    assert np.abs(moved).sum() == pytest.approx(BOUND)
