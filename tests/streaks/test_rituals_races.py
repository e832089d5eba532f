"""Answers and points at the same moment, on real connections."""

import pytest
from django.db import transaction

from safety.roles import acting_as
from streaks.enums import XpSource
from streaks.models import DailyPromptAnswer, WeeklyIntent, XpEntry
from streaks.services import intents, rituals, xp
from tests.factories import UserFactory
from tests.streaks.test_races import together
from tests.streaks.test_rituals import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def in_own(user, act):
    def run():
        with transaction.atomic(), acting_as(user.id):
            act()

    return run


def test_what_is_written_many_times_at_once_is_there_once_and_counts_once():
    me = UserFactory()
    with transaction.atomic(), acting_as(me.id):
        code = rituals.today(by=me.id, now=NOON).prompt.code
    answering = in_own(me, lambda: rituals.answer(by=me.id, prompt=code, text="A walk.", now=NOON))
    keeping = in_own(me, lambda: intents.keep(by=me.id, intent="Rest.", now=NOON))
    assert together(*[answering] * 4, *[keeping] * 4) == [True] * 8
    assert (DailyPromptAnswer.objects.count(), WeeklyIntent.objects.count(), XpEntry.objects.count()) == (1, 1, 2)


def test_many_things_at_once_do_not_pass_what_a_day_brings(settings):
    settings.XP_A_DAY = 35
    me = UserFactory()

    def earn():
        with transaction.atomic():
            xp.award(user_id=me.id, delta=10, source_type=XpSource.STARTER, source_ref_id=UserFactory().id, now=NOON)

    together(*[earn] * 8)
    assert xp.balance(me.id) == 35
