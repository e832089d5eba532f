"""Versions drafted and published at the same moment."""

import pytest

from matching.models import EngineParameters
from matching.services import tuning
from tests.matching.builders import account
from tests.matching.test_races import together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_two_drafts_published_at_once_leave_one_live(now, round_):
    staff = account()
    drafts = [_drafted(staff) for _ in range(2)]
    together(*[_publish(draft, staff, now) for draft in drafts])
    assert sorted(EngineParameters.objects.values_list("status", flat=True)) == ["live", "retired", "retired"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_one_draft_is_published_once(now, round_):
    staff = account()
    draft = _drafted(staff)
    answers = together(*[_publish(draft, staff, now)] * 2)
    assert sorted(answers) == ["connect-v1.2", "not_a_draft"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_drafts_made_at_once_have_numbers_of_their_own(now, round_):
    staff = account()
    answers = together(*[lambda: tuning.draft(by=staff.id).number] * 3)
    assert sorted(answers) == [2, 3, 4]


def _drafted(staff):
    (made,) = together(lambda: tuning.draft(by=staff.id))
    return made


def _publish(draft, staff, now):
    return lambda: tuning.publish(parameters_id=draft.id, by=staff.id, now=now).version
