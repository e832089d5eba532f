"""Two who are connected and say nothing are told of it: once a silence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.models import Conversation
from chat.services import messages, reveals, silences
from connect.enums import UserStatus
from connect.models import Notification, Profile, User
from matching.models import Connection, ConnectionEvent
from matching.services import connections
from safety.enums import BlockSource
from safety.models import Block
from tests.chat.people import make_two
from tests.matching.suitors import couple, suitor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def connected():
    two = make_two()
    offer = reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    reveals.accept(reveal_id=offer.id, by=two.b, now=timezone.now())
    return two


@pytest.fixture
def two():
    return connected()


def warn(days):
    return silences.warn_of_silence(now=timezone.now() + days * DAY)


def told():
    return Notification.objects.filter(type="connection_quiet")


def warnings():
    return ConnectionEvent.objects.filter(event_type="inactive_warning")


def test_after_the_term_both_are_told(two):
    assert warn(15) == 1
    assert set(told().values_list("user_id", "related_id")) == {
        (who, Connection.objects.get().id) for who in (two.a, two.b)
    }
    assert warnings().count() == 1


def test_before_it_nobody_is(two):
    assert (warn(13), told().count(), warnings().count()) == (0, 0, 0)


def test_of_one_silence_they_are_told_once(two):
    warn(15)
    assert warn(60) == 0
    assert (told().count(), warnings().count()) == (2, 1)


def test_of_the_next_again(two):
    warn(15)
    later = timezone.now() + 16 * DAY
    messages.send(conversation_id=two.conversation.id, by=two.a, client_id="c", text="Hello again", now=later)
    assert (warn(29), warn(31)) == (0, 1)
    assert warnings().count() == 2


def test_each_is_told_in_their_language(two):
    Profile.objects.create(user_id=two.a, languages=["de"])
    warn(15)
    titles = dict(told().values_list("user_id", "title"))
    assert titles == {two.a: "Es ist still geworden", two.b: "It has become quiet"}


def archived(two):
    connections.archive(connection_id=Connection.objects.get().id, by=two.a, now=timezone.now())


def leaving(two):
    User.objects.filter(id=two.b).update(status=UserStatus.DELETION_PENDING)


def apart(two):
    Block.objects.create(blocker_id=two.a, blocked_id=two.b, source=BlockSource.MANUAL)


def ended(two):
    connections.terminate(connection_id=Connection.objects.get().id, by=two.a, now=timezone.now())


@pytest.mark.parametrize("become", [archived, leaving, apart, ended])
def test_those_who_do_not_want_to_or_cannot_are_not(two, become):
    become(two)
    assert (warn(15), told().count()) == (0, 0)


def test_nor_are_those_who_may_not_talk_yet_or_know_nobody(db):
    couple(suitor(), suitor(), timezone.now())
    make_two()
    assert warn(15) == 0


def test_a_batch_takes_some_and_leaves_the_rest(two, monkeypatch):
    connected()
    monkeypatch.setattr(silences, "BATCH", 1)
    assert [warn(15) for _ in range(3)] == [1, 1, 0]
    assert Conversation.objects.filter(warned_for__isnull=False).count() == 2
