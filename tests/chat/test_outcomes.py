"""Which conversations were long ones: both said much, over days, while all were watched."""

from datetime import timedelta

import pytest
from django.conf import settings

from chat.enums import CloseReason
from chat.models import Conversation, Message
from chat.outcomes import LASTS, MESSAGES, talked_long
from chat.services import conversations
from config.db import new_id
from matching.models import Match
from matching.outcomes import HORIZON
from tests.factories import ConversationFactory, UserFactory

pytestmark = pytest.mark.django_db

LATER = HORIZON + timedelta(hours=1)


@pytest.fixture
def room():
    return ConversationFactory.blind(UserFactory(pooled=True), UserFactory(pooled=True))


def say(room, by, count, now, over=LASTS, *, held=False):
    """So many messages of one side, evenly from now on."""
    start = Message.objects.count() + 1
    Message.objects.bulk_create(
        Message(
            conversation=room,
            sender_id=by,
            seq=None if held else 1000 + start + number,
            held_at=now if held else None,
            client_id=str(new_id()),
            sent_at=now + over * number / max(1, count - 1),
        )
        for number in range(count)
    )


def both_say(room, now, *, one=MESSAGES, other=MESSAGES, over=LASTS, **how):
    say(room, room.user_a_id, one, now, over, **how)
    say(room, room.user_b_id, other, now, over, **how)


def told(room, now):
    return talked_long(Match.objects.all(), now).get(room.match_id)


def test_twenty_each_over_three_days_is_long(room, now):
    both_say(room, now)
    assert told(room, now + LATER) is True


@pytest.mark.parametrize(("one", "other"), [(MESSAGES - 1, MESSAGES), (3 * MESSAGES, 0), (0, 0)])
def test_where_one_says_less_it_is_not(room, now, one, other):
    both_say(room, now, one=one, other=other)
    assert told(room, now + LATER) is False


def test_in_one_evening_it_is_not(room, now):
    both_say(room, now, over=LASTS - timedelta(hours=1))
    assert told(room, now + LATER) is False


def test_what_was_held_back_was_not_said(room, now):
    both_say(room, now, held=True)
    assert told(room, now + LATER) is False


def test_what_was_said_after_all_that_was_watched_does_not_count(room, now):
    both_say(room, now, over=HORIZON + timedelta(days=2))
    assert told(room, now + LATER + timedelta(days=5)) is False


def test_one_that_was_closed_counts(room, now):
    both_say(room, now)
    conversations.close(conversation_id=room.id, reason=CloseReason.USER_END, by=room.user_a_id, now=now)
    assert told(room, now + LATER) is True


def test_while_it_is_young_nothing_is_told(room, now):
    both_say(room, now)
    assert told(room, now + HORIZON - timedelta(hours=1)) is None


def test_when_those_that_ended_may_be_gone_nothing_is_told_of_any(room, now):
    both_say(room, now)
    kept = settings.RETENTION["conversations"]
    assert told(room, now + kept - timedelta(hours=1)) is True
    assert told(room, now + kept + timedelta(hours=1)) is None


def test_nor_of_one_whose_words_left_with_their_author(room, now):
    both_say(room, now)
    conversations.close(conversation_id=room.id, reason=CloseReason.ERASED, by=None, now=now)
    assert Conversation.objects.get().close_reason == CloseReason.ERASED
    assert told(room, now + LATER) is None


def test_only_of_the_matches_asked_about(room, now):
    assert talked_long(Match.objects.none(), now + LATER) == {}
