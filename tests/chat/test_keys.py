"""Rotation of key-encryption keys."""

import base64
import os

import pytest
from django.core.management import call_command
from django.utils import timezone

from chat.models import Conversation
from chat.services import keys, messages
from safety import crypto
from tests.factories import ConversationFactory, UserFactory


@pytest.fixture
def conversation(db):
    return ConversationFactory.blind(UserFactory(), UserFactory())


def new_key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def test_rotation_puts_every_key_under_the_newest(conversation, settings):
    settings.DATA_KEYS = [new_key("next"), *settings.DATA_KEYS]
    assert keys.rotate() == 1
    assert crypto.is_current(bytes(Conversation.objects.get().data_key))


def test_rotating_again_finds_nothing(conversation, settings, capsys):
    settings.DATA_KEYS = [new_key("next"), *settings.DATA_KEYS]
    keys.rotate()
    call_command("rotate_keys")
    assert capsys.readouterr().out.startswith("0 ")


def test_messages_read_the_same_without_the_old_key(conversation, settings):
    by, now = conversation.user_a_id, timezone.now()
    messages.send(conversation_id=conversation.id, by=by, client_id="1", text="still here", now=now)
    settings.DATA_KEYS = [new_key("next"), *settings.DATA_KEYS]
    keys.rotate()
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    fresh = Conversation.objects.get()
    frames = messages.after(conversation=fresh, after_seq=0, limit=10, viewer=by)
    assert frames[-1].data["text"] == "still here"


def test_without_rotation_the_old_key_is_still_needed(conversation, settings):
    settings.DATA_KEYS = [new_key("next")]
    with pytest.raises(crypto.Tampered):
        crypto.unwrap(bytes(Conversation.objects.get().data_key))
