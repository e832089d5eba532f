"""Recoveries and reveals over HTTP."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.db import new_id
from connect.models import Payment
from connect.services import payment_jobs
from safety.enums import BlockSource
from safety.models import Block
from streaks.engine import days
from streaks.models import CreditProtection, MilestoneReveal, RecoveryPayment, RevealContent
from streaks.services import contents
from tests.factories import UserFactory
from tests.streaks.builders import ZONE, check_in, end, stored, streak
from tests.streaks.paying import give, tells, tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("milestones")]


@pytest.fixture
def made():
    """A streak on its third day, now, of whose second day "high" missed."""
    today = days.local_date(ZONE, timezone.now())
    noon = days.begins(ZONE, today) + timedelta(hours=12)
    made = streak(now=noon - timedelta(days=3))
    for side, back in (("low", 2), ("high", 2), ("low", 1)):
        check_in(made, side, noon - timedelta(days=back))
    tells(made, "high")
    return made


@pytest.fixture
def breaker(made, api):
    return api(made.user_high)


@pytest.fixture
def other(made, api):
    return api(made.user_low)


def settle():
    payment_jobs.process_due(now=timezone.now())


def write():
    contents.write_due(now=timezone.now())


def code(answer):
    return answer.status_code, answer.json().get("code")


def reveals(client, made):
    return client.get(f"/api/streaks/{made.id}/reveals").json()["results"]


def test_who_missed_a_day_pays_and_goes_on(made, breaker):
    answer = breaker.post(f"/api/streaks/{made.id}/recover", {})
    shown = answer.json()
    assert (answer.status_code, shown["pay_with"], shown["status"]) == (200, "money", "pending")
    assert shown["payment_id"] == str(Payment.objects.get().id)
    settle()
    assert stored(made).status == "active"


def test_the_same_key_pays_once(made, breaker):
    answers = [breaker.post(f"/api/streaks/{made.id}/recover", {}, key="one") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (RecoveryPayment.objects.count(), Payment.objects.count()) == (1, 1)


def test_two_devices_pay_once(made, api):
    answers = [api(made.user_high).post(f"/api/streaks/{made.id}/recover", {}, key=key) for key in ("one", "two")]
    assert answers[0].json() == answers[1].json()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "sent, refusal",
    [
        ({"pay_with": "shells"}, (400, "invalid_choice")),
        ({"amount": 1}, (400, "unknown_field")),
        ({"pay_with": "free"}, (409, "free_recoveries_used")),
        ({"pay_with": "credits"}, (409, "credits_insufficient")),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(made, breaker, sent, refusal):
    assert code(breaker.post(f"/api/streaks/{made.id}/recover", sent)) == refusal
    assert not RecoveryPayment.objects.exists()


def test_the_other_cannot_pay(made, other):
    assert code(other.post(f"/api/streaks/{made.id}/recover", {})) == (409, "not_the_breaker")


def test_all_five_are_listed_with_nothing_of_when(made, other):
    shown = reveals(other, made)
    assert [reveal["number"] for reveal in shown] == [1, 2, 3, 4, 5]
    assert {frozenset(reveal) for reveal in shown} == {frozenset({"number", "status", "content"})}
    assert {(reveal["status"], reveal["content"]) for reveal in shown} == {("locked", None)}


def test_they_come_in_pages(made, other):
    path, numbers = f"/api/streaks/{made.id}/reveals?limit=2", []
    while path:
        page = other.get(path).json()
        numbers.append([reveal["number"] for reveal in page["results"]])
        path = page["next"]
    assert numbers == [[1, 2], [3, 4], [5]]


def test_a_purchase_is_content_in_the_end(made, other):
    answer = other.post(f"/api/streaks/{made.id}/reveals/1/purchase", {})
    assert (answer.status_code, answer.json()["status"], answer.json()["amount"]) == (200, "pending", 299)
    settle()
    assert reveals(other, made)[0] == {"number": 1, "status": "purchased", "content": None}
    write()
    first = reveals(other, made)[0]
    assert (first["status"], first["content"]["title"]) == ("unlocked", "What draws them")


def test_credits_buy_at_once(made, other):
    give(made, "low", now=timezone.now())
    answer = other.post(f"/api/streaks/{made.id}/reveals/2/purchase", {"pay_with": "credits"})
    assert (answer.json()["status"], reveals(other, made)[1]["status"]) == ("settled", "purchased")


def test_the_other_sees_nothing_of_it(made, other, breaker):
    before = reveals(breaker, made)
    other.post(f"/api/streaks/{made.id}/reveals/1/purchase", {})
    settle()
    write()
    assert reveals(breaker, made) == before


def test_the_same_key_buys_once(made, other):
    answers = [other.post(f"/api/streaks/{made.id}/reveals/1/purchase", {}, key="one") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "number, sent, refusal",
    [
        (5, {}, (409, "not_for_sale")),
        (6, {}, (404, "not_found")),
        (0, {}, (404, "not_found")),
        (10**30, {}, (404, "not_found")),
        (1, {"pay_with": "free"}, (400, "invalid_choice")),
        (1, {"pay_with": "credits"}, (409, "credits_insufficient")),
    ],
)
def test_what_is_not_to_be_had_is_refused(made, other, number, sent, refusal):
    assert code(other.post(f"/api/streaks/{made.id}/reveals/{number}/purchase", sent)) == refusal
    assert not Payment.objects.exists()
    assert not MilestoneReveal.objects.exists()


@pytest.mark.parametrize("call", ["recover", "reveals", "reveals/1/purchase"])
def test_somebody_elses_is_like_none(made, api, call):
    stranger = api(UserFactory())
    ask = stranger.get if call == "reveals" else stranger.post
    answers = [ask(f"/api/streaks/{which}/{call}") for which in (made.id, new_id())]
    assert {code(answer) for answer in answers} == {(404, "not_found")}


def unlocked(made, other):
    other.post(f"/api/streaks/{made.id}/reveals/1/purchase", {})
    settle()
    write()
    assert reveals(other, made)[0]["content"]


def test_who_is_not_with_the_other_any_more_reads_nothing_of_them(made, other):
    unlocked(made, other)
    end(made, "high", timezone.now())
    assert reveals(other, made)[0] == {"number": 1, "status": "unlocked", "content": None}
    assert RevealContent.objects.exists()


def test_a_block_hides_it_at_once(made, other):
    unlocked(made, other)
    with transaction.atomic():
        Block.objects.create(blocker=made.user_high, blocked=made.user_low, source=BlockSource.MANUAL, alias="Someone")
    assert reveals(other, made)[0]["content"] is None


def test_the_queries_do_not_grow_with_what_one_has(made, other):
    with CaptureQueriesContext(connection) as before:
        reveals(other, made)
    give(made, "low", 2000, timezone.now())
    for number in (1, 2, 3, 4):
        other.post(f"/api/streaks/{made.id}/reveals/{number}/purchase", {"pay_with": "credits"})
    write()
    with CaptureQueriesContext(connection) as after:
        reveals(other, made)
    assert len(before) == len(after)


def test_a_free_recovery_is_seen_as_such(made, breaker):
    tier(made, "high", "plus")
    shown = breaker.post(f"/api/streaks/{made.id}/recover", {}).json()
    assert (shown["pay_with"], shown["status"], shown["payment_id"]) == ("free", "recovered", None)
    assert not CreditProtection.objects.exists()
