"""Streaks over HTTP."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.db import new_id
from connect.models import User
from safety.enums import BlockSource
from safety.models import Block
from streaks.engine import days
from streaks.models import CheckIn, Streak
from tests.factories import UserFactory
from tests.matching.builders import found_each_other
from tests.streaks.builders import end, late, streak

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """A streak on its first day, now."""
    return streak(now=timezone.now() - timedelta(days=1))


@pytest.fixture
def me(made, api):
    return api(made.user_low)


def listed(client):
    return client.get("/api/streaks").json()["results"]


def test_one_sees_where_it_stands(made, me):
    (shown,) = listed(me)
    assert (shown["id"], shown["status"], shown["current_day"], shown["cycle"]) == (str(made.id), "active", 0, 1)
    assert (shown["checked_in"], shown["partner_checked_in"], shown["breaker"]) == (False, False, None)
    assert shown["day"] == str(days.local_date(made.timezone, timezone.now()))


def test_a_check_in_is_seen_by_both_as_whose_it_is(made, me, api):
    answer = me.post(f"/api/streaks/{made.id}/check_in", {"effort_signal": "strong"})
    assert (answer.status_code, answer.json()["checked_in"]) == (200, True)
    (theirs,) = listed(api(made.user_high))
    assert (theirs["checked_in"], theirs["partner_checked_in"]) == (False, True)
    assert CheckIn.objects.get().effort_signal == "strong"


def test_the_same_key_checks_in_once(made, me):
    answers = [me.post(f"/api/streaks/{made.id}/check_in", {}, key="one") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert CheckIn.objects.count() == 1


def test_a_second_check_in_is_refused(made, me):
    me.post(f"/api/streaks/{made.id}/check_in", {})
    answer = me.post(f"/api/streaks/{made.id}/check_in", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_checked_in")


def test_an_effort_that_is_none_is_refused(made, me):
    answer = me.post(f"/api/streaks/{made.id}/check_in", {"effort_signal": "heroic"})
    assert answer.status_code == 400
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("call", ["", "/check_in", "/nudge"])
def test_somebody_elses_is_like_none(made, api, call):
    stranger = api(User.objects.create(email="stranger@maitribe.example"))
    ask = stranger.get if call == "" else stranger.post
    answers = [ask(f"/api/streaks/{which}{call}") for which in (made.id, new_id())]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}


def test_a_nudge_needs_somebody_who_is_late(made, me):
    answer = me.post(f"/api/streaks/{made.id}/nudge")
    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_to_nudge")


def test_a_nudge_reaches_the_one_who_is(made, me, api):
    late(made, timezone.now())
    answer = me.post(f"/api/streaks/{made.id}/nudge")
    assert (answer.status_code, answer.json()["number"]) == (201, 1)
    told = api(made.user_high).get("/api/notifications").json()["results"]
    assert [note["type"] for note in told] == ["nudge"]


def test_what_is_due_is_shown_as_the_clock_will_have_it(api):
    long_ago = streak(now=timezone.now() - timedelta(days=5))
    (shown,) = listed(api(long_ago.user_low))
    assert (shown["status"], Streak.objects.get().status) == ("reset", "active")


def test_an_ended_one_is_listed_no_more_and_still_found(made, me):
    end(made, "high", timezone.now())
    assert listed(me) == []
    assert me.get(f"/api/streaks/{made.id}").json()["status"] == "terminated"


def test_a_block_looks_like_any_end(made, me):
    block = Block.objects.create(blocker=made.user_high, blocked=made.user_low, source=BlockSource.MANUAL)
    told = listed(me), me.get(f"/api/streaks/{made.id}").json()
    block.delete()
    end(made, "high", timezone.now())
    assert told == (listed(me), me.get(f"/api/streaks/{made.id}").json())


def test_the_list_asks_as_much_for_many_as_for_one(made, api):
    User.objects.filter(id=made.user_low_id).update(tier="pro")
    client = api(made.user_low)
    client.get("/api/streaks")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/streaks")
    for _ in range(3):
        found_each_other(made.user_low_id, UserFactory().id, timezone.now())
    with CaptureQueriesContext(connection) as many:
        assert len(client.get("/api/streaks").json()["results"]) == 4
    assert len(many) == len(one)
