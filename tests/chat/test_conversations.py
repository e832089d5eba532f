"""How conversations open and end."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import pseudonyms, tasks
from chat.enums import CloseReason, EventType, Kind, RevealState, State
from chat.models import Conversation, ConversationEvent, Message
from chat.services import conversations, messages, openings, reveals
from config.errors import NotYours
from connect.models import Disclosure
from matching.enums import MatchStatus
from matching.models import Match
from matching.services import connections
from safety.crypto import unwrap
from safety.enums import BlockSource
from safety.services import blocks
from tests.chat.people import make_match, make_two, make_user


def close(two, **more):
    given = {"reason": CloseReason.USER_END, "by": two.a, "now": timezone.now()} | more
    return conversations.close(conversation_id=two.conversation.id, **given)


def test_it_opens_anonymous_with_its_first_event(two):
    fresh = two.fresh()
    assert (fresh.kind, fresh.state, fresh.reveal_state) == (Kind.BLIND, State.ANONYMOUS, RevealState.NONE)
    event = ConversationEvent.objects.get()
    assert (event.seq, event.type, event.data) == (1, EventType.STATE, {"state": "anonymous"})


def test_it_moves_its_match_on(two):
    assert Match.objects.get().status == MatchStatus.BLIND_CHAT_ACTIVE


def test_each_has_its_own_data_key(two):
    other = make_two()
    assert len(unwrap(two.conversation.data_key)) == 32
    assert unwrap(two.conversation.data_key) != unwrap(other.conversation.data_key)


def test_the_two_have_different_names(two):
    assert two.conversation.pseudonym_a != two.conversation.pseudonym_b


def test_no_name_comes_twice_in_a_persons_open_conversations(two, monkeypatch):
    first = two.conversation
    few = [*first.pseudonym_a.split(), *first.pseudonym_b.split()]
    monkeypatch.setattr(pseudonyms, "ADJECTIVES", (*few[::2], "Fresh"))
    monkeypatch.setattr(pseudonyms, "NOUNS", tuple(few[1::2]))
    second = make_two(two.a).conversation
    names = {c.pseudonym_a for c in (first, second)} | {c.pseudonym_b for c in (first, second)}
    assert len(names) == 4


def test_no_name_comes_twice_to_a_person_whose_conversations_open_together(monkeypatch):
    monkeypatch.setattr(pseudonyms, "ADJECTIVES", ("Calm", "Kind"))
    monkeypatch.setattr(pseudonyms, "NOUNS", ("River", "Otter"))
    one = make_user().id
    matches = [make_match(one, make_user().id, MatchStatus.ACCEPTED_BOTH) for _ in range(2)]
    with transaction.atomic():
        opened = openings.open_blind(matches=matches, now=timezone.now())
    assert len({name for each in opened for name in (each.pseudonym_a, each.pseudonym_b)}) == 4


def test_drawn_names_avoid_the_taken():
    names = {f"{adjective} {noun}" for adjective in pseudonyms.ADJECTIVES for noun in pseudonyms.NOUNS}
    free = {"Calm River", "Kind Otter"}
    assert set(pseudonyms.draw(names - free)) == free


def test_the_word_lists_hold_what_they_promise():
    assert len(set(pseudonyms.ADJECTIVES)) == len(set(pseudonyms.NOUNS)) == 64


def test_ending_closes_conversation_and_match(two):
    now = timezone.now()
    ended = close(two, now=now)
    match = Match.objects.get()
    assert (ended.state, ended.close_reason, ended.closed_at) == (State.CLOSED, CloseReason.USER_END, now)
    assert (match.status, match.ended_at) == (MatchStatus.CLOSED, now)


def test_the_event_of_the_end_says_neither_why_nor_who(two):
    close(two)
    event = ConversationEvent.objects.get(seq=2)
    assert (event.side, event.data) == ("", {"state": "closed"})


def test_the_first_end_is_the_one_that_stays(two):
    close(two)
    assert close(two, reason=CloseReason.TIMEOUT, by=two.b).close_reason == CloseReason.USER_END


def test_a_stranger_ends_nothing(two):
    with pytest.raises(NotYours):
        close(two, by=make_user().id)
    assert two.fresh().state == State.ANONYMOUS


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (BlockSource.MANUAL, CloseReason.BLOCKED),
        (BlockSource.REPORT, CloseReason.BLOCKED),
        (BlockSource.PANIC_EXIT, CloseReason.PANIC_EXIT),
        (BlockSource.MODERATION_ACTION, CloseReason.MODERATION),
    ],
)
def test_a_block_ends_what_they_have(two, source, reason):
    blocks.block(by=two.b, other=two.a, source=source, now=timezone.now())
    blocks.part_due(now=timezone.now())
    assert (two.fresh().state, two.fresh().close_reason) == (State.CLOSED, reason)


def test_a_block_leaves_other_conversations(two):
    other = make_two(two.a)
    blocks.block(by=two.b, other=two.a, source=BlockSource.MANUAL, now=timezone.now())
    assert other.fresh().state == State.ANONYMOUS


def test_a_parted_connection_ends_its_conversation(two):
    now = timezone.now()
    reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    reveals.request(conversation_id=two.conversation.id, by=two.b, now=now)
    connections.end_between(first=two.a, second=two.b, by=two.a, reason="ended", now=now)
    assert (two.fresh().state, two.fresh().close_reason) == (State.CLOSED, CloseReason.USER_END)
    assert not Disclosure.objects.live().exists()


def test_a_revealed_conversation_goes_on(two):
    now = timezone.now()
    reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    reveals.request(conversation_id=two.conversation.id, by=two.b, now=now)
    said = messages.send(conversation_id=two.conversation.id, by=two.a, client_id="1", text="So it is you", now=now)
    assert Message.objects.get(id=said.id).conversation_id == two.conversation.id


def test_a_silent_chat_closes_by_timeout(two):
    late = two.conversation.last_activity_at + settings.SILENCE_BEFORE_CLOSE
    assert conversations.close_silent(now=late) == 1
    assert (two.fresh().state, two.fresh().close_reason) == (State.CLOSED, CloseReason.TIMEOUT)
    assert Match.objects.get().status == MatchStatus.CLOSED


def test_and_not_a_moment_before(two):
    late = two.conversation.last_activity_at + settings.SILENCE_BEFORE_CLOSE - timedelta(seconds=1)
    assert conversations.close_silent(now=late) == 0


def test_a_word_starts_the_silence_anew(two):
    later = two.conversation.last_activity_at + timedelta(days=3)
    messages.send(conversation_id=two.conversation.id, by=two.a, client_id="1", text="Still here", now=later)
    late = two.conversation.last_activity_at + settings.SILENCE_BEFORE_CLOSE
    assert conversations.close_silent(now=late) == 0


def test_a_revealed_chat_may_be_silent(two):
    now = timezone.now()
    reveals.request(conversation_id=two.conversation.id, by=two.a, now=now)
    reveals.request(conversation_id=two.conversation.id, by=two.b, now=now)
    assert conversations.close_silent(now=now + settings.SILENCE_BEFORE_CLOSE * 2) == 0


def test_the_clock_runs_both_sweeps(two):
    reveal = reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    silent = make_two()
    type(reveal).objects.update(expires_at=timezone.now())
    Conversation.objects.filter(id=silent.conversation.id).update(
        last_activity_at=timezone.now() - settings.SILENCE_BEFORE_CLOSE
    )
    tasks.expire_reveals()
    tasks.close_silent()
    assert two.fresh().reveal_state == RevealState.EXPIRED
    assert silent.fresh().state == State.CLOSED
