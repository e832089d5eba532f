"""Taking a message back."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from chat.enums import EventType
from chat.models import ConversationEvent, Message
from chat.services import messages, reports
from config.errors import KeyReused, NotYours, WrongState
from safety.enums import ReportReason
from tests.chat.people import Two, frames, send


def retract(two: Two, seq: int, *, by=None, now=None) -> Message:
    return messages.retract(conversation_id=two.conversation.id, by=by or two.a, seq=seq, now=now or timezone.now())


def test_a_retracted_message_leaves_a_tombstone(two):
    message = send(two)
    retract(two, message.seq)
    stored = Message.objects.get(id=message.id)
    assert stored.content_ciphertext is None
    shown = frames(two, two.b)
    assert (shown[1].data["text"], shown[1].data["retracted"]) == (None, True)
    assert (shown[2].type, shown[2].data["message_seq"]) == ("chat.retracted", message.seq)


def test_retracting_twice_is_once(two):
    message = send(two)
    retract(two, message.seq)
    retract(two, message.seq)
    assert ConversationEvent.objects.filter(type=EventType.RETRACTION).count() == 1


def test_a_message_can_be_taken_back_for_fifteen_minutes(two):
    message = send(two)
    last_moment = message.sent_at + settings.RETRACTION_WINDOW
    assert retract(two, message.seq, now=last_moment).retracted_at == last_moment


def test_and_not_longer(two):
    message = send(two)
    with pytest.raises(WrongState) as refusal:
        retract(two, message.seq, now=message.sent_at + settings.RETRACTION_WINDOW + timedelta(seconds=1))
    assert refusal.value.code == "retraction_too_late"


def test_the_others_message_cannot_be_taken_back(two):
    message = send(two, by=two.b)
    with pytest.raises(NotYours):
        retract(two, message.seq, by=two.a)


def test_what_a_report_is_about_cannot_be_taken_back_any_more(two):
    message = send(two, "evidence")
    reports.about_conversation(
        conversation_id=two.conversation.id,
        by=two.b,
        reason=ReportReason.HARASSMENT,
        details="",
        now=timezone.now(),
    )
    with pytest.raises(WrongState) as refusal:
        retract(two, message.seq)
    assert refusal.value.code == "conversation_closed"
    assert Message.objects.get(id=message.id).content_ciphertext is not None


def test_a_message_taken_back_and_sent_again_is_still_taken_back(two):
    message = send(two, "once", client_id="one")
    retract(two, message.seq)
    assert send(two, "once", client_id="one").retracted_at is not None


def test_another_message_under_the_client_id_of_one_taken_back_is_refused(two):
    message = send(two, "once", client_id="one")
    retract(two, message.seq)
    with pytest.raises(KeyReused):
        send(two, "something else", client_id="one")


def test_nothing_of_the_text_is_left(two):
    message = send(two, "once")
    retract(two, message.seq)
    with pytest.raises(IntegrityError):
        Message.objects.filter(id=message.id).update(content_ciphertext=b"kept")
