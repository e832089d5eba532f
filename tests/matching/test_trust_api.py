"""Who may know how far somebody is trusted, and how much of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from matching.enums import Origin
from matching.services import connections
from safety.enums import BlockSource, TrustSource
from safety.models import Block
from safety.services import trust
from tests.factories import UserFactory
from tests.safety.ledgers import moved

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return UserFactory()


@pytest.fixture
def friend(me, now):
    other = UserFactory()
    connections.form(first=me.id, second=other.id, origin=Origin.LIVE, now=now)
    return other


def asked(api, viewer, user_id, **headers):
    return api(viewer).get(f"/api/trust_score/{user_id}", **headers)


def test_who_is_not_known_stands_in_the_middle(api, me):
    assert asked(api, me, me.id).json() == {
        "user_id": str(me.id),
        "band": "usual",
        "score": 50,
        "reasons": [],
        "updated_at": None,
    }


def test_ones_own_is_in_steps_with_reasons(api, me, now):
    moved(me.id, -10, TrustSource.REPORT_CONFIRMED, now=now)
    moved(me.id, 4, now=now)
    told = asked(api, me, me.id).json()
    assert told["score"] == 45
    assert [reason["code"] for reason in told["reasons"]] == ["reflection_up", "report_confirmed_down"]


def test_reasons_are_in_ones_own_language(api, me, now):
    moved(me.id, -10, TrustSource.REPORT_CONFIRMED, now=now)
    reply = asked(api, me, me.id, HTTP_ACCEPT_LANGUAGE="de")
    assert reply.json()["reasons"][0]["text"] == "Eine Meldung über dich wurde bestätigt."
    assert reply.headers["Content-Language"] == "de"


def test_what_has_faded_is_no_reason(api, me, now):
    moved(me.id, 1, now=now - timedelta(days=100))
    trust.settle_due(now=now)
    assert asked(api, me, me.id).json()["reasons"] == []


@pytest.mark.parametrize("source", TrustSource)
@pytest.mark.parametrize("delta", [20, -20])
def test_every_reason_has_its_words(api, me, now, source, delta):
    moved(me.id, delta, source, now=now)
    assert asked(api, me, me.id).status_code == 200


def test_a_connection_is_told_a_band_of_yesterday(api, me, friend, now):
    moved(me.id, -30, TrustSource.REPORT_CONFIRMED, now=now)
    hidden = {"user_id": str(me.id), "score": None, "reasons": None, "updated_at": None}
    assert asked(api, friend, me.id).json() == {**hidden, "band": "usual"}
    trust.settle_due(now=now + timedelta(days=1))
    assert asked(api, friend, me.id).json() == {**hidden, "band": "low"}


def test_of_who_is_not_known_a_connection_is_told_the_usual(api, me, friend):
    assert asked(api, friend, me.id).json()["band"] == "usual"


def test_everybody_else_is_told_that_there_is_nobody(api, me):
    refusals = [asked(api, UserFactory(), user_id) for user_id in (me.id, uuid4())]
    assert [(reply.status_code, reply.json()["code"]) for reply in refusals] == [(404, "not_found")] * 2


def test_so_is_who_was_connected(api, me, friend, now):
    connections.end_between(first=me.id, second=friend.id, by=me.id, reason="terminated", now=now)
    assert asked(api, friend, me.id).status_code == 404


def test_so_is_who_is_blocked_from_that_moment_on(api, me, friend):
    """Also before whatever a block ends has been ended."""
    Block.objects.create(blocker=me, blocked=friend, source=BlockSource.MANUAL, alias="x")
    assert asked(api, friend, me.id).status_code == 404
