"""Prompts of a conversation: chosen once a stage, nothing off the limits of either, nearer the longer they talk."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import progression
from chat.enums import PromptType, Stage
from chat.models import Conversation, Prompt
from chat.services import conversations, messages, prompts
from connect.enums import UserStatus
from connect.models import OffLimitsTopic, Profile, User
from connect.vectors import TOPICS
from safety.enums import BlockSource
from safety.models import Block
from tests.chat.people import Web, make_two, make_user

pytestmark = pytest.mark.django_db
SHIPPED = import_module("chat.migrations.0008_first_prompts")
MINUTE = timedelta(minutes=1)
QUERIES = 16
"""Of one who asks again."""
CHOOSING = 4
"""So many more of the first to ask at a stage."""


@pytest.fixture
def two():
    return make_two()


def asked(by, two, **query):
    return Web(by).get(f"/api/conversations/{two.conversation.id}/prompts", **query)


def codes(reply):
    return [prompt["code"] for prompt in reply.json()["prompts"]]


def off_limits(user_id, *topics):
    OffLimitsTopic.objects.bulk_create(OffLimitsTopic(user_id=user_id, topic_key=topic) for topic in topics)


def talk(two, number, every=MINUTE):
    began = timezone.now()
    for i in range(number):
        by, at = (two.a, two.b)[i % 2], began + i * every
        messages.send(conversation_id=two.conversation.id, by=by, client_id=uuid4().hex, text=f"Word {i}", now=at)


# How far two have come.


@pytest.mark.parametrize(
    ("said", "minutes", "stage"),
    [
        (0, 0, Stage.LIGHT),
        (11, 600, Stage.LIGHT),
        (12, 5, Stage.PERSONAL),
        (400, 4.9, Stage.LIGHT),
        (39, 600, Stage.PERSONAL),
        (40, 14.9, Stage.PERSONAL),
        (40, 15, Stage.DEEP),
    ],
)
def test_a_stage_needs_words_and_time(said, minutes, stage):
    assert progression.reached(said, minutes * MINUTE) == stage


def test_the_order_of_a_place_does_not_change_with_what_is_left_out():
    made = [Prompt(code=f"p{n}") for n in range(20)]
    place = uuid4()
    first = progression.chosen(made, place=place, number=5)
    without = progression.chosen([one for one in made if one is not first[0]], place=place, number=5)
    assert without[:4] == first[1:]
    assert first != progression.chosen(made, place=uuid4(), number=5)


# Asking.


def test_both_see_the_same_however_often_they_ask(two):
    shown = [asked(by, two) for by in (two.a, two.b, two.a)]
    assert {reply.status_code for reply in shown} == {200}
    assert shown[0].json() == shown[1].json() == shown[2].json()
    assert (len(codes(shown[0])), shown[0].json()["stage"]) == (5, "light")


def test_another_conversation_has_others(two):
    assert codes(asked(two.a, two)) != codes(asked((other := make_two()).a, other))


def test_it_tells_neither_topics_nor_ids(two):
    assert {tuple(prompt) for prompt in asked(two.a, two).json()["prompts"]} == {("code", "text")}


def test_nothing_is_off_the_limits_of_either(two, settings):
    settings.PROMPTS_SHOWN = 500
    everything = set(codes(asked((other := make_two()).a, other)))
    off_limits(two.a, "music", "film")
    off_limits(two.b, "cooking")
    touched = Prompt.objects.filter(topic_tags__overlap=["music", "film", "cooking"]).values_list("code", flat=True)
    left = set(codes(asked(two.a, two)))
    assert left == everything - set(touched) != everything


def test_what_the_other_minds_later_changes_nothing_one_can_see(two):
    before = asked(two.a, two).content
    off_limits(two.b, *TOPICS)
    assert asked(two.a, two).content == before
    assert two.fresh().prompts_shown == {"light": codes(asked(two.a, two))}


def test_and_counts_from_the_next_stage_on(two, settings):
    settings.PROMPTS_SHOWN = 500
    asked(two.a, two)
    off_limits(two.b, *TOPICS)
    talk(two, 12)
    touched = Prompt.objects.filter(code__in=codes(asked(two.a, two))).exclude(topic_tags=[])
    assert not touched.exists()


def test_what_one_minds_oneself_leaves_ones_own_view_at_once(two):
    first, *others = codes(asked(two.a, two))
    Prompt.objects.filter(code=first).update(topic_tags=["art"])
    Prompt.objects.filter(code__in=others).update(topic_tags=[])
    off_limits(two.b, "art")
    assert (codes(asked(two.b, two)), codes(asked(two.a, two))) == (others, [first, *others])


def test_who_minds_everything_is_still_offered_what_touches_nothing(two):
    off_limits(two.a, *TOPICS)
    assert len(codes(asked(two.b, two))) == 5


def test_one_that_is_switched_off_is_not_shown(two):
    Prompt.objects.filter(code=(gone := codes(asked(two.a, two))[0])).update(active=False)
    assert gone not in codes(asked(two.a, two))


def test_who_talks_comes_closer(two):
    talk(two, 12)
    reply = asked(two.a, two)
    assert reply.json()["stage"] == "personal"
    assert set(Prompt.objects.filter(code__in=codes(reply)).values_list("stage", flat=True)) == {Stage.PERSONAL}


def test_many_words_in_a_moment_bring_nobody_closer(two):
    talk(two, 12, every=timedelta(seconds=1))
    assert asked(two.a, two).json()["stage"] == "light"


def test_each_reads_them_in_their_language(two):
    Profile.objects.create(user_id=two.a, languages=["de"])
    german, english = asked(two.a, two), asked(two.b, two)
    (first, *_) = codes(german)
    prompt = Prompt.objects.get(code=first)
    assert (german.json()["prompts"][0]["text"], german.headers["Content-Language"]) == (prompt.text_de, "de")
    assert (english.json()["prompts"][0]["text"], english.headers["Content-Language"]) == (prompt.text_en, "en")


def types_of(two):
    offer = prompts.offered(conversation_id=two.conversation.id, by=two.a)
    return {prompt.prompt_type for prompt in offer.prompts}


def test_games_for_two_are_for_those_who_talk_live(two, settings):
    settings.PROMPTS_SHOWN = 500
    assert types_of(two) == {PromptType.ICEBREAKER}
    Conversation.objects.update(kind="live", prompts_shown={})
    assert types_of(two) == {PromptType.ICEBREAKER, PromptType.ROOM}


# Refusals.


def code(reply):
    return reply.status_code, reply.json()["code"]


def test_a_stranger_finds_nothing(two):
    assert code(asked(make_user().id, two)) == (404, "not_found")


def test_in_one_that_ended_there_is_nothing_to_say(two):
    conversations.close(conversation_id=two.conversation.id, reason="user_end", by=two.a, now=timezone.now())
    assert code(asked(two.b, two)) == (409, "conversation_closed")


def test_a_block_looks_like_an_end(two):
    Block.objects.create(blocker_id=two.b, blocked_id=two.a, source=BlockSource.MANUAL)
    assert code(asked(two.a, two)) == (409, "conversation_closed")


def test_nor_in_one_that_waits_for_somebody_who_is_leaving(two):
    User.objects.filter(id=two.b).update(status=UserStatus.DELETION_PENDING)
    assert code(asked(two.a, two)) == (409, "conversation_paused")


def test_nor_in_one_that_is_locked(two):
    locked = Conversation.objects.create(
        kind="direct",
        state="locked",
        user_a_id=two.a,
        user_b_id=two.b,
        pseudonym_a="A",
        pseudonym_b="B",
        last_activity_at=timezone.now(),
    )
    two.conversation = locked
    assert code(asked(two.a, two)) == (409, "conversation_locked")


def queries(two, web):
    with CaptureQueriesContext(connection) as made:
        assert web.get(f"/api/conversations/{two.conversation.id}/prompts").status_code == 200
    return len(made)


def test_its_queries_do_not_grow(two):
    web = Web(two.a)
    queries(two, web)
    few = queries(two, web)
    off_limits(two.a, *TOPICS)
    assert queries(two, web) == few == QUERIES
    talk(two, 12)
    assert (queries(two, web), queries(two, web)) == (few + CHOOSING, few)


# The catalogue.


def test_as_many_ship_as_are_needed_in_every_stage():
    for kind, least in ((PromptType.ICEBREAKER, 60), (PromptType.DAILY, 60), (PromptType.ROOM, 30)):
        of_kind = Prompt.objects.filter(prompt_type=kind)
        assert of_kind.count() >= least
        assert all(of_kind.filter(stage=stage, topic_tags=[]).count() >= 5 for stage in Stage)


def test_what_ships_is_tagged_by_what_can_be_off_limits_and_says_everything_once():
    shipped = list(SHIPPED.shipped())
    assert {tag for fields in shipped for tag in fields["topic_tags"]} <= set(TOPICS)
    for name in ("code", "text_en", "text_de"):
        assert len({fields[name] for fields in shipped}) == len(shipped)


def test_the_catalogue_is_taken_out_again_but_for_what_staff_added():
    mine = Prompt.objects.create(code="mine", prompt_type="room", stage=1, text_en="A", text_de="B")
    SHIPPED.remove(apps, None)
    assert list(Prompt.objects.all()) == [mine]
