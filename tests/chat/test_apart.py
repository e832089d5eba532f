"""A block ends everything between two people at once, both ways, and looks to either like any other end."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import queries
from chat.enums import State
from chat.models import Conversation, Message
from chat.services import conversations, messages, presence, reveals
from config.errors import WrongState
from connect.models import Notification
from connect.services import disclosures
from matching.models import Match
from matching.queries import open_match
from matching.services import connections, proposals
from matching.services.proposals import Action
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import as_service
from safety.services import blocks
from tests.chat.people import Web, make_match, make_two, make_user, send

ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
MOMENT = r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)"


def block_alone(two):
    """A block of which nothing has heard yet: what runs between the two still runs in its rows."""
    Block.objects.create(blocker_id=two.a, blocked_id=two.b, source=BlockSource.MANUAL, alias="Someone")


def block(two):
    blocks.block(by=two.a, other=two.b, source=BlockSource.MANUAL, now=timezone.now())


def end(two):
    conversations.close(conversation_id=two.conversation.id, reason="user_end", by=two.a, now=timezone.now())


def part(two):
    connections.end_between(first=two.a, second=two.b, by=two.a, reason="ended", now=timezone.now())


def talk(two):
    """Words of both, read and unread, and an offer that waits."""
    send(two, "one")
    send(two, "two", by=two.b)
    send(two, "three")
    reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())


def know(two):
    """The same two after a mutual reveal."""
    talk(two)
    reveals.request(conversation_id=two.conversation.id, by=two.b, now=timezone.now())


def calls(two):
    """Everything a person may try with another: method, path and body."""
    room, match = f"/api/conversations/{two.conversation.id}", str(two.match.id)
    chat = {"blindChatId": str(two.conversation.id)}
    return [
        ("get", "/api/conversations", {}),
        ("get", room, {}),
        ("get", f"{room}/messages", {}),
        ("get", "/connect/chat", chat),
        ("get", "/connect/status", {}),
        ("get", "/connect/match", {}),
        ("get", f"/api/people/{two.a}", {}),
        ("get", "/api/notifications", {}),
        ("get", "/api/blocks", {}),
        ("post", f"{room}/messages", {"text": "still there?", "client_id": "after"}),
        ("post", "/connect/chat", {**chat, "message": "still there?", "clientId": "after"}),
        ("post", f"{room}/read", {"seq": 4}),
        ("post", "/connect/respond", {"matchId": match, "action": "accept"}),
        ("post", "/connect/reveal", {"matchId": match, "action": "request"}),
        ("post", "/connect/reveal", {"matchId": match, "action": "withdraw"}),
        ("delete", f"{room}/messages/3", {}),
    ]


def seen_by_the_other(two, *, numbers=True):
    """What each call answers the blocked one and how many queries it took, without what differs from pair to pair."""
    client, found = Web(two.b), {}
    for method, path, body in calls(two):
        with CaptureQueriesContext(connection) as counted:
            reply = client.delete(path) if method == "delete" else getattr(client, method)(path, **sent(method, body))
        key = f"{method} {plain(path, two, True)} {body.get('action', '')}"
        found[key] = reply.status_code, plain(reply.content.decode(), two, numbers), len(counted)
    return found


def sent(method, body):
    return body if method == "get" else {"data": body}


def plain(text, two, numbers):
    names = {two.conversation.pseudonym_a: "<a>", two.conversation.pseudonym_b: "<b>"}
    for name, stands_for in names.items():
        text = text.replace(name, stands_for)
    text = re.sub(MOMENT, "<moment>", re.sub(ID, "<id>", text))
    return text if numbers else re.sub(r'"(last_seq|lastSeq)":\d+', "", text)


def world(before, ending):
    two = make_two()
    before(two)
    ending(two)
    return two


def test_to_the_blocked_one_a_block_is_an_end_like_any_other(db):
    assert seen_by_the_other(world(talk, block)) == seen_by_the_other(world(talk, end))


def test_before_anything_was_cleaned_up_it_already_is(db):
    early, ended = (seen_by_the_other(world(talk, ending), numbers=False) for ending in (block_alone, end))
    assert early == ended


def test_to_somebody_one_knew_it_is_the_end_of_the_connection(db):
    assert seen_by_the_other(world(know, block)) == seen_by_the_other(world(know, part))


def test_what_is_compared_would_show_a_conversation_that_goes_on(db):
    running, ended = seen_by_the_other(world(talk, lambda two: None)), seen_by_the_other(world(talk, end))
    same = {key for key, answer in running.items() if answer[:2] == ended[key][:2]}
    assert same == {"get /api/people/<id> ", "get /api/notifications ", "get /api/blocks "}


either = pytest.mark.parametrize("side", ["blocker", "blocked"])


def viewer(two, side):
    return two.a if side == "blocker" else two.b


@pytest.fixture
def apart(two):
    talk(two)
    block_alone(two)
    return two


@pytest.fixture
def known_apart(two):
    know(two)
    block_alone(two)
    return two


@either
def test_a_conversation_is_over_in_the_list_and_by_itself(apart, side):
    client = Web(viewer(apart, side))
    (listed,) = client.get("/api/conversations").json()["results"]
    shown = client.get(f"/api/conversations/{apart.conversation.id}").json()
    assert listed.items() <= shown.items()
    assert (shown["state"], shown["unread"], shown["reveal_state"], shown["peer_id"]) == ("closed", 0, "expired", None)


@either
def test_a_revealed_one_names_nobody_any_more(known_apart, side):
    me = viewer(known_apart, side)
    shown = Web(me).get(f"/api/conversations/{known_apart.conversation.id}").json()
    assert (shown["state"], shown["peer_id"]) == ("closed", None)
    with transaction.atomic():
        room = queries.conversation_of(me, known_apart.conversation.id)
        events = messages.after(conversation=room, after_seq=0, limit=100, viewer=me)
    assert not any("peer_id" in frame.data for frame in events)


@either
def test_nothing_is_said_any_more(apart, side):
    with pytest.raises(WrongState) as refused:
        send(apart, "hello?", by=viewer(apart, side))
    assert refused.value.code == "conversation_closed"


@either
def test_nor_in_a_batch(apart, side):
    said = messages.draft(conversation_id=apart.conversation.id, by=viewer(apart, side), client_id="b", text="hello?")
    with as_service():
        assert messages.send_together([said], now=timezone.now()) == {}


@either
def test_nothing_is_marked_as_read(apart, side):
    me = viewer(apart, side)
    read = messages.read(conversation_id=apart.conversation.id, by=me, seq=4, now=timezone.now())
    assert (read, Message.objects.filter(read_at__isnull=False).exists()) == (0, False)


@either
@pytest.mark.parametrize("act", ["request", "withdraw"])
def test_no_offer_is_made_or_taken_back(apart, side, act):
    with pytest.raises(WrongState) as refused:
        getattr(reveals, act)(conversation_id=apart.conversation.id, by=viewer(apart, side), now=timezone.now())
    assert refused.value.code == "conversation_closed"


@pytest.mark.parametrize("act", [reveals.accept, reveals.decline])
def test_no_offer_is_answered(apart, act):
    offer = apart.conversation.reveals.get()
    with pytest.raises(WrongState) as refused:
        act(reveal_id=offer.id, by=apart.b, now=timezone.now())
    assert refused.value.code == "conversation_closed"
    assert apart.fresh().state == State.ANONYMOUS


@either
def test_nothing_is_taken_back(apart, side):
    me = viewer(apart, side)
    own = Message.objects.filter(sender=me).earliest("seq")
    with pytest.raises(WrongState) as refused:
        messages.retract(conversation_id=apart.conversation.id, by=me, seq=own.seq, now=timezone.now())
    assert refused.value.code == "conversation_closed"


@either
def test_nobody_is_notified(apart, side):
    before = Notification.objects.count()
    Web(viewer(apart, side)).post(f"/api/conversations/{apart.conversation.id}/messages", {"text": "hello?"})
    assert Notification.objects.count() == before


@either
def test_presence_is_hidden(known_apart, side):
    me, now = viewer(known_apart, side), timezone.now()
    for person in (known_apart.a, known_apart.b):
        presence.renew(sockets=[(person, uuid4().hex)], now=now)
    assert presence.watch(by=me, user_ids=[known_apart.a, known_apart.b], now=now) == []


@either
def test_the_profile_is_hidden(known_apart, side):
    me = viewer(known_apart, side)
    other = known_apart.b if side == "blocker" else known_apart.a
    assert Web(me).get(f"/api/people/{other}").status_code == 404


@pytest.fixture
def proposed(db):
    match = make_match(make_user().id, make_user().id)
    Block.objects.create(blocker=match.user_a, blocked=match.user_b, source=BlockSource.MANUAL, alias="Someone")
    return match


@either
def test_a_proposal_is_gone(proposed, side):
    me = proposed.user_a_id if side == "blocker" else proposed.user_b_id
    assert Web(me).get("/connect/match").json()["match"] is None
    assert Web(me).get("/connect/status").json()["current"]["stage"] == "waiting"


@either
@pytest.mark.parametrize("action", Action)
def test_a_proposal_is_not_answered(proposed, side, action):
    me = proposed.user_a_id if side == "blocker" else proposed.user_b_id
    with pytest.raises(WrongState) as refused:
        proposals.respond(match_id=proposed.id, by=me, action=action, now=timezone.now())
    assert refused.value.code == "match_closed"


def test_without_a_block_a_proposal_is_shown(db):
    match = make_match(make_user().id, make_user().id)
    with transaction.atomic():
        assert open_match(match.user_a_id) == match


def test_a_block_of_somebody_else_ends_nothing(two):
    Block.objects.create(blocker_id=two.a, blocked=make_user(), source=BlockSource.MANUAL, alias="Someone")
    Block.objects.create(blocker=make_user(), blocked_id=two.b, source=BlockSource.MANUAL, alias="Someone")
    assert Web(two.a).get(f"/api/conversations/{two.conversation.id}").json()["state"] == "anonymous"
    assert send(two).seq == 2


# What was left running is ended by the clock.


def carry(two, due_at):
    Block.objects.create(blocker_id=two.a, blocked_id=two.b, source=BlockSource.MANUAL, alias="Someone", due_at=due_at)


def test_what_a_carried_block_left_running_is_ended(two, now):
    know(two)
    carry(two, now)
    assert blocks.part_due(now=now) == 1
    assert (two.fresh().state, Match.objects.get().status) == (State.CLOSED, "closed")
    assert not queries.connected_to(two.a)
    assert not disclosures.Disclosure.objects.live().exists()


def test_it_is_done_once(two, now):
    carry(two, now)
    assert [blocks.part_due(now=now), blocks.part_due(now=now + timedelta(minutes=1))] == [1, 0]


def test_a_block_made_by_hand_leaves_nothing_to_do(two, now):
    block(two)
    assert blocks.part_due(now=now) == 0


def test_a_lifted_one_ends_nothing(two, now):
    carry(two, now)
    blocks.lift(block_id=Block.objects.get().id, by=two.a)
    assert (blocks.part_due(now=now), Conversation.objects.get().state) == (0, State.ANONYMOUS)
