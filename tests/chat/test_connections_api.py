"""/api/connections and /api/interests."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Conversation
from chat.services import conversations
from connect.enums import DisclosureLevel, DisclosureSource, Tier
from connect.models import User
from connect.services import disclosures
from matching.enums import ConnectionStatus
from matching.models import Interest
from matching.services import connections
from safety.enums import BlockSource
from safety.models import Block
from safety.services import blocks
from tests.chat.people import Web
from tests.matching.suitors import FRIEND, couple, express, suitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def me():
    return suitor(Tier.PRO)


@pytest.fixture
def other():
    return suitor()


@pytest.fixture
def edge(me, other):
    return couple(me, other, timezone.now())


@pytest.fixture
def revealed(edge):
    conversations.unlock(connection=edge, now=timezone.now())
    disclosures.grant_mutual(
        first=edge.user_low_id,
        second=edge.user_high_id,
        level=DisclosureLevel.IDENTITY,
        source=DisclosureSource.MILESTONE,
        source_id=uuid4(),
        now=timezone.now(),
    )
    return edge


def listed(user_id):
    return Web(user_id).get("/api/connections").json()["results"]


def act(by, edge, what):
    return Web(by).post(f"/api/connections/{edge.id}/{what}", key=uuid4().hex)


def schedule(by, edge, at):
    body = {"event_type": "scheduled_chat", "scheduled_for": at.isoformat()}
    return Web(by).post(f"/api/connections/{edge.id}/events", body)


class TestList:
    def test_a_locked_one_shows_a_pseudonym_and_nobody(self, me, other, edge):
        talk = Conversation.objects.get()
        (shown,) = listed(me)
        assert shown == {
            "id": str(edge.id),
            "origin": "discovery",
            "server": "partner",
            "status": "active",
            "created_at": shown["created_at"],
            "conversation_id": str(talk.id),
            "locked": True,
            "pseudonym": talk.pseudonym_of(other),
            "partner": None,
        }

    def test_it_names_nobody(self, me, other, edge):
        said = Web(me).get("/api/connections").content.decode()
        assert str(other) not in said and User.objects.get(id=other).profile.nickname not in said

    def test_a_revealed_one_shows_the_other(self, me, other, revealed):
        (shown,) = listed(me)
        assert (shown["partner"]["user_id"], shown["locked"]) == (str(other), False)

    def test_an_archived_one_is_listed(self, me, edge):
        act(me, edge, "archive")
        assert [shown["status"] for shown in listed(me)] == ["archived"]

    def test_one_that_ended_is_not(self, me, other, edge):
        act(other, edge, "terminate")
        assert listed(me) == []

    def test_nor_one_of_two_whom_a_block_keeps_apart(self, me, other, edge):
        Block.objects.create(blocker_id=other, blocked_id=me, source=BlockSource.MANUAL, alias="Somebody")
        assert listed(me) == []

    def test_nobody_elses_is(self, edge):
        assert listed(suitor()) == []

    def test_its_queries_do_not_grow_with_it(self, me, edge):
        def queries():
            with CaptureQueriesContext(connection) as found:
                listed(me)
            return len(found)

        one = queries()
        for _ in range(3):
            couple(me, suitor(), timezone.now())
        assert len(listed(me)) == 4
        assert queries() == one


class TestPuttingAway:
    def test_it_is_put_away_and_taken_up_again(self, me, edge):
        assert [act(me, edge, what).json()["status"] for what in ("archive", "unarchive")] == ["archived", "active"]

    @pytest.mark.parametrize("what", ["archive", "unarchive"])
    def test_twice_is_once(self, me, edge, what):
        first, second = act(me, edge, what), act(me, edge, what)
        assert first.json() == second.json()

    def test_it_is_not_taken_up_above_what_the_tier_allows(self, me, edge):
        couple(me, suitor(), timezone.now())
        act(me, edge, "archive")
        User.objects.filter(id=me).update(tier=Tier.FREE)
        reply = act(me, edge, "unarchive")
        assert (reply.status_code, reply.json()["code"], reply.json()["details"]) == (
            409,
            "capacity_reached",
            {"limit": 1},
        )

    def test_nor_is_it_refused_to_the_one_who_has_room(self, me, other, edge):
        couple(me, suitor(), timezone.now())
        act(me, edge, "archive")
        User.objects.filter(id=me).update(tier=Tier.FREE)
        assert act(other, edge, "unarchive").status_code == 200

    def test_one_that_ended_is_not_put_away(self, me, other, edge):
        act(other, edge, "terminate")
        reply = act(me, edge, "archive")
        assert (reply.status_code, reply.json()["code"]) == (409, "connection_ended")

    def test_a_stranger_finds_nothing(self, edge):
        assert {act(suitor(), edge, what).status_code for what in ("archive", "unarchive", "terminate")} == {404}


class TestEnding:
    def test_it_ends_for_both(self, me, other, edge):
        assert act(me, edge, "terminate").json() == {"id": str(edge.id), "status": "terminated"}
        edge.refresh_from_db()
        assert (edge.status, edge.ended_by, edge.reason) == (ConnectionStatus.TERMINATED, me, "terminated")

    def test_ending_it_twice_is_once(self, me, other, edge):
        act(me, edge, "terminate")
        assert act(other, edge, "terminate").status_code == 200
        edge.refresh_from_db()
        assert edge.ended_by == me

    def test_a_block_looks_like_an_end(self, me, other, edge):
        blocks.block(by=other, other=me, source=BlockSource.MANUAL, now=timezone.now())
        assert act(me, edge, "terminate").json()["status"] == "terminated"


class TestTimeline:
    def test_it_begins_with_the_connection(self, me, edge):
        events = Web(me).get(f"/api/connections/{edge.id}/events").json()["results"]
        assert [event["event_type"] for event in events] == ["created"]

    def test_an_end_stands_in_it(self, me, other, edge):
        act(other, edge, "terminate")
        events = Web(me).get(f"/api/connections/{edge.id}/events").json()["results"]
        assert [event["event_type"] for event in events] == ["ended", "created"]

    def test_a_stranger_does_not_see_it(self, edge):
        assert Web(suitor()).get(f"/api/connections/{edge.id}/events").status_code == 404

    def test_two_agree_on_a_time(self, me, revealed):
        at = timezone.now() + HOUR
        reply = schedule(me, revealed, at)
        assert (reply.status_code, reply.json()["scheduled_for"]) == (201, at.replace(microsecond=0).isoformat())

    def test_another_is_refused_with_the_one_that_stands(self, me, other, revealed):
        standing = schedule(me, revealed, timezone.now() + HOUR).json()["scheduled_for"]
        reply = schedule(other, revealed, timezone.now() + 2 * HOUR)
        assert (reply.status_code, reply.json()["code"]) == (409, "already_scheduled")
        assert reply.json()["details"] == {"scheduled_for": standing}

    def test_the_same_time_twice_is_once(self, me, other, revealed):
        at = timezone.now() + HOUR
        assert schedule(me, revealed, at).json() == schedule(other, revealed, at).json()

    @pytest.mark.parametrize("ahead", [-HOUR, timedelta(days=91)], ids=["past", "far"])
    def test_a_time_out_of_range_is_refused(self, me, revealed, ahead):
        reply = schedule(me, revealed, timezone.now() + ahead)
        assert (reply.status_code, reply.json()["code"]) == (400, "schedule_out_of_range")

    def test_two_who_do_not_know_each_other_cannot(self, me, edge):
        reply = schedule(me, edge, timezone.now() + HOUR)
        assert (reply.status_code, reply.json()["code"]) == (409, "connection_not_revealed")

    @pytest.mark.parametrize("kind", ["created", "revealed", "ended"])
    def test_nobody_writes_what_the_system_writes(self, me, revealed, kind):
        body = {"event_type": kind, "scheduled_for": (timezone.now() + HOUR).isoformat()}
        assert Web(me).post(f"/api/connections/{revealed.id}/events", body).status_code == 400


class TestInterests:
    def test_one_sees_what_one_sent_and_nothing_of_the_other(self, me, other):
        sent = express(me, other, timezone.now(), FRIEND)
        (shown,) = Web(me).get("/api/interests").json()["results"]
        assert shown == {
            "id": str(sent.id),
            "card_id": None,
            "server": "friend",
            "status": "pending",
            "created_at": shown["created_at"],
            "decided_at": None,
        }

    def test_the_receiver_sees_nothing(self, me, other):
        express(me, other, timezone.now())
        assert Web(other).get("/api/interests").json()["results"] == []

    def test_nor_when_it_was_wiped(self, other):
        me = suitor()
        express(me, other, timezone.now())
        couple(me, suitor(), timezone.now())
        assert Interest.objects.get(receiver=other).status == "wiped"
        assert Web(other).get("/api/interests").json()["results"] == []

    def test_it_is_taken_back(self, me, other):
        sent = express(me, other, timezone.now())
        path = f"/api/interests/{sent.id}"
        assert [Web(me).delete(path).status_code for _ in range(2)] == [204, 204]

    def test_the_receiver_cannot_take_it_back(self, me, other):
        sent = express(me, other, timezone.now())
        assert Web(other).delete(f"/api/interests/{sent.id}").status_code == 404

    def test_a_mutual_one_is_decided(self, me, other, edge):
        reply = Web(me).delete(f"/api/interests/{Interest.objects.get(sender=me).id}")
        assert (reply.status_code, reply.json()["code"]) == (409, "interest_decided")


def test_a_connection_of_another_origin_shows_no_server(me, other):
    connections.form(first=me, second=other, origin="live", now=timezone.now())
    (shown,) = listed(me)
    assert (shown["origin"], shown["server"], shown["conversation_id"]) == ("live", "", None)
