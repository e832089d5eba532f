"""Whose first messages are alike: seen where they are said, together or one by one, and nowhere else."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.services import messages
from chat.services.drafts import draft
from safety.models import SafetyFlag, TextTrace
from safety.roles import as_service
from tests import words
from tests.chat.people import make_two, make_user, send

LINE = "Hey {}, I am new here and love hiking and good wine. What are you up to?"


@pytest.fixture
def sender(db):
    return make_user().id


@pytest.fixture(autouse=True)
def three(settings):
    settings.LIKE_OPENERS_BEFORE_FLAG = 3


def flagged():
    return list(SafetyFlag.objects.filter(kind="mass_opener").values_list("user_id", flat=True))


def rooms(sender, number=3):
    return [make_two(sender) for _ in range(number)]


def test_who_opens_everywhere_alike_is_flagged(sender):
    for two in rooms(sender):
        send(two, LINE, by=sender)
    assert flagged() == [sender]


def test_in_a_batch_too(sender):
    drafts = [
        draft(conversation_id=two.conversation.id, by=sender, client_id=f"{n}", text=LINE)
        for n, two in enumerate(rooms(sender))
    ]
    with transaction.atomic(), as_service():
        messages.send_together(drafts, now=timezone.now())
    assert flagged() == [sender]


def test_what_is_held_counts(sender):
    for two in rooms(sender):
        send(two, f"{LINE} {words.HELD}", by=sender)
    assert flagged() == [sender]


def test_only_the_first_message_is_an_opener(two):
    send(two, "Good evening to you", by=two.a)
    before = TextTrace.objects.count()
    send(two, "And how was your day?", by=two.a)
    assert TextTrace.objects.count() == before == 8


def test_of_several_at_once_the_first_is(two):
    drafts = [
        draft(conversation_id=two.conversation.id, by=two.a, client_id=text, text=text)
        for text in ("Good evening to you", "How was your day?")
    ]
    with transaction.atomic(), as_service():
        messages.send_together(drafts, now=timezone.now())
    assert TextTrace.objects.count() == 8


def test_an_answer_far_into_a_talk_opens_nothing(two):
    for _ in range(20):
        send(two, "Are you there, dear?", by=two.b)
    before = TextTrace.objects.count()
    send(two, "Yes, I was asleep", by=two.a)
    assert TextTrace.objects.count() == before


def test_what_is_no_opener_costs_nothing(two):
    send(two, "Good evening to you")
    with CaptureQueriesContext(connection) as asked:
        send(two, "And how was your day?")
    assert not [query for query in asked if "texttrace" in query["sql"]]
