"""Judging a match: when, by whom, and what the engine makes of it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from config.db import new_id
from config.errors import NotYours, WrongState
from connect.enums import Purpose
from connect.services import consents
from matching.engine import learning
from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback, PoolEntry
from matching.services import feedback
from matching.services.feedback import Judgement
from tests.factories import ConsentFactory
from tests.matching.builders import account, match_of

pytestmark = pytest.mark.django_db

GOOD = Judgement(rating=4, fit_score=78, safety_score=90, communication_score=70, reasons=["timing"], notes="Fine.")


def met(status):
    return match_of(allowing(), allowing(), timezone.now(), status)


def allowing():
    """Somebody who lets themselves be matched."""
    return ConsentFactory().user


@pytest.mark.parametrize("status", [MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.REVEALED])
def test_who_talks_may_judge(status):
    match = met(status)
    kept = feedback.give(match_id=match.id, by=match.user_b_id, judgement=GOOD, now=timezone.now())
    stored = MatchFeedback.objects.get()
    assert (stored.id, stored.user_id, stored.match_id) == (kept.id, match.user_b_id, match.id)
    assert (stored.rating, stored.fit_score, stored.reasons, stored.notes) == (4, 78, ["timing"], "Fine.")
    assert stored.engine_version == match.engine_version


def test_who_talked_may_judge_afterwards():
    match = met(MatchStatus.BLIND_CHAT_ACTIVE)
    Match.objects.filter(id=match.id).update(status=MatchStatus.CLOSED)
    feedback.give(match_id=match.id, by=match.user_a_id, judgement=GOOD, now=timezone.now())
    assert MatchFeedback.objects.count() == 1


@pytest.mark.parametrize(
    "status", [s for s in MatchStatus if s not in {MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.REVEALED}]
)
def test_who_never_talked_may_not(status):
    match = met(status)
    with pytest.raises(WrongState) as refused:
        feedback.give(match_id=match.id, by=match.user_a_id, judgement=GOOD, now=timezone.now())
    assert refused.value.code == "not_met_yet"
    assert not MatchFeedback.objects.exists()


def test_a_stranger_may_not():
    match = met(MatchStatus.REVEALED)
    with pytest.raises(NotYours):
        feedback.give(match_id=match.id, by=account().id, judgement=GOOD, now=timezone.now())


def test_judging_again_replaces():
    match = met(MatchStatus.REVEALED)
    for rating in (4, 2):
        judgement = replace(GOOD, rating=rating)
        feedback.give(match_id=match.id, by=match.user_a_id, judgement=judgement, now=timezone.now())
    assert MatchFeedback.objects.get().rating == 2


def test_both_judge_for_themselves():
    match = met(MatchStatus.REVEALED)
    for by in (match.user_a_id, match.user_b_id):
        feedback.give(match_id=match.id, by=by, judgement=GOOD, now=timezone.now())
    assert MatchFeedback.objects.count() == 2


# What is learned.


def judged(held_out, rating=5):
    """Somebody who judged a match that is held out, or one that is not."""
    match_id = next(match_id for match_id in iter(new_id, None) if learning.held_out(match_id) == held_out)
    match = match_of(allowing(), allowing(), timezone.now(), MatchStatus.REVEALED, id=match_id)
    return feedback.give(match_id=match.id, by=match.user_a_id, judgement=Judgement(rating=rating), now=timezone.now())


def test_a_match_teaches():
    kept = judged(held_out=False)
    kept.refresh_from_db()
    taught = learning.delta(kept.match.score_breakdown, 5)
    assert taught.any()
    np.testing.assert_allclose(kept.vector_delta, taught, atol=1e-6)


def test_one_that_is_held_out_does_not():
    kept = judged(held_out=True)
    kept.refresh_from_db()
    assert (kept.rating, kept.vector_delta) == (5, None)


def test_leanings_are_in_the_order_of_the_people_and_nothing_for_who_judged_nothing():
    now, (liked, disliked) = timezone.now(), (judged(held_out=False, rating=rating) for rating in (5, 1))
    judged(held_out=False)
    found = feedback.leanings([disliked.user_id, account().id, liked.user_id], now=now)
    np.testing.assert_allclose(found[0], -found[2], atol=1e-3)
    assert found[2].max() > 0.05
    assert not found[1].any()


def test_they_fade():
    kept = judged(held_out=False)
    now, later = (timezone.now() + timedelta(days=days) for days in (0, learning.HALF_LIFE))
    new, old = (feedback.leanings([kept.user_id], now=moment) for moment in (now, later))
    np.testing.assert_allclose(old, new / 2, rtol=0.01)


def test_nobody_leans_nowhere():
    assert feedback.leanings([], now=timezone.now()).shape == (0, 8)


def test_a_judgement_teaches_nothing_of_who_took_the_consent_back():
    judged(held_out=False, rating=5)
    taught = MatchFeedback.objects.get()
    consents.revoke(user_id=taught.user_id, purpose=Purpose.MATCHING, now=timezone.now())
    feedback.give(match_id=taught.match_id, by=taught.user_id, judgement=GOOD, now=timezone.now())
    taught.refresh_from_db()
    assert (taught.rating, taught.vector_delta) == (4, None)
    assert not PoolEntry.objects.filter(user=taught.user_id).exists()
