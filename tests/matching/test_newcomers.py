"""Two people with nothing but what the pool demands always have a score, whatever else either told."""

from datetime import date
from itertools import combinations_with_replacement

import pytest

from connect.enums import Mode
from connect.models import Profile
from connect.services import pool, preferences
from connect.services.pool import Wishes
from connect.vectors import READINESS, VALUES
from tests.matching.builders import account, numbers, outcome

pytestmark = pytest.mark.django_db

SETTINGS = {
    "conversation_depth": "deep",
    "contact_frequency": "daily",
    "directness_score": 80,
    "humor_score": 40,
    "response_pace": "quick",
    "group_comfort": "any",
    "friendship_intention": "open_ended",
}
MODES = [pair for pair in combinations_with_replacement(Mode, 2) if set(pair) != {Mode.ROMANCE, Mode.FRIENDSHIP}]


def newcomer(now, *, mode=Mode.BOTH, value="honesty", score=80):
    """In the pool by the door everybody takes, with the least it demands."""
    user = account()
    Profile.objects.create(user=user, birth_date=date(1990, 1, 1), languages=["en"])
    preferences.save_values(user_id=user.id, scores={value: score}, now=now)
    wishes = Wishes(mode, 18, 99, None, [], [])
    pool.activate(user_id=user.id, wishes=wishes, consent_version="v1", now=now)
    return user


def drafts(now, threshold=0.0):
    return outcome(now, threshold=threshold).drafts


@pytest.mark.parametrize("modes", MODES)
@pytest.mark.parametrize(("value", "score"), [("honesty", 80), (VALUES[-1], 0), ("family", 50)])
def test_two_newcomers_have_a_score(now, modes, value, score):
    newcomer(now, mode=modes[0]), newcomer(now, mode=modes[1], value=value, score=score)
    (draft,) = drafts(now)
    assert draft.fields["score_breakdown"]["values"] is not None
    assert 0 <= draft.fields["total_score"] <= 100


def test_what_only_one_told_is_null_and_changes_nothing_for_the_two(now):
    one, other = newcomer(now), newcomer(now)
    (before,) = drafts(now)
    preferences.save_settings(user_id=one.id, chosen=SETTINGS | {"friendship_intention": "open_ended"}, now=now)
    preferences.save_readiness(user_id=other.id, answers=dict.fromkeys(READINESS, 5), now=now)
    (after,) = drafts(now)
    assert [after.fields["score_breakdown"][name] for name in ("communication", "readiness")] == [None, None]
    assert after.fields["values_score"] is not None
    assert before.fields["values_score"] == before.fields["total_score"]


def test_who_fit_are_proposed_to_each_other(now):
    newcomer(now), newcomer(now)
    assert len(drafts(now, numbers().threshold)) == 1
