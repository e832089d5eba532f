"""What a person reads of what they pay, and asks for."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.enums import Item
from connect.models import Subscription, User
from connect.services import payment_jobs, payments, subscription_jobs
from tests.connect.books import begin, give
from tests.factories import UserFactory


def read(client, path=""):
    return client.get(f"/api/billing{path}").json()


def test_one_reads_ones_tier_and_what_things_cost(api, payer, now):
    give(payer, 250, now)
    told = read(api(payer))
    assert (told["tier"], told["subscription"], told["credits"]) == ("free", None, {"amount": 250, "currency": "eur"})
    assert {"item": "recovery", "amount": 199, "currency": "eur"} in told["prices"]
    assert {"tier": "pro", "amount": 1499, "currency": "eur"} in told["tiers"]


def test_the_sandbox_says_that_it_is_one(api, payer):
    told = read(api(payer))
    assert (told["provider"], told["takes_money"]) == ("sandbox", False)


def test_stripe_says_that_it_takes_money(api, payer, their):
    told = read(api(payer))
    assert (told["provider"], told["takes_money"]) == ("stripe", True)


def test_one_asks_for_a_tier_and_has_it_when_it_is_paid(api, payer):
    answer = api(payer).post("/api/billing/subscription", {"tier": "plus"}, format="json")
    assert (answer.status_code, answer.json()["tier"]) == (202, "free")
    assert answer.json()["subscription"]["status"] == "pending"
    subscription_jobs.process_due(now=timezone.now())
    told = read(api(payer))
    assert (told["tier"], told["subscription"]["status"], told["subscription"]["next_tier"]) == ("plus", "active", None)


def test_with_one_key_a_tier_is_asked_for_once(api, payer):
    client = api(payer)
    answers = [client.post("/api/billing/subscription", {"tier": "pro"}, format="json", key="once") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"tier": "gold"}, {"tier": None}, {"tier": "plus", "pay_with": "credits"}])
def test_a_tier_that_is_none_changes_nothing(api, payer, body):
    assert api(payer).post("/api/billing/subscription", body, format="json").status_code == 400
    assert not Subscription.objects.exists()


def test_who_is_suspended_goes_back_to_free_and_no_further(api, payer, now):
    User.objects.filter(id=payer.id).update(suspended_until=now + timedelta(days=1))
    client = api(payer)
    assert client.post("/api/billing/subscription", {"tier": "plus"}, format="json").status_code == 403
    assert client.post("/api/billing/subscription", {"tier": "free"}, format="json").status_code == 202


def test_one_reads_ones_own_payments_newest_first(api, payer, now):
    first, second = begin(payer, now), begin(payer, now, item=Item.REVEAL)
    begin(UserFactory(), now)
    payment_jobs.process_due(now=now)
    told = read(api(payer), "/payments")["results"]
    assert [row["id"] for row in told] == [str(second.id), str(first.id)]
    assert (told[0]["status"], told[0]["amount"], told[0]["client_secret"]) == ("settled", 299, None)


def test_the_payer_alone_reads_what_pays(api, payer, their, now):
    begin(payer, now)
    payment_jobs.process_due(now=now)
    assert read(api(payer), "/payments")["results"][0]["client_secret"].endswith("_secret")
    assert read(api(UserFactory()), "/payments")["results"] == []


def test_one_reads_ones_own_credits(api, payer, now):
    give(payer, 100, now)
    payments.pay_with_credits(user_id=payer.id, item=Item.NUDGE, subject_id=uuid4(), now=now)
    give(UserFactory(), 100, now)
    told = read(api(payer), "/credits")["results"]
    assert [(row["amount"], row["reason"]) for row in told] == [(-99, "purchase"), (100, "goodwill")]


@pytest.mark.parametrize("path", ["/payments", "/credits"])
def test_a_list_takes_as_many_queries_for_many_as_for_one(api, payer, now, path):
    def count():
        client = api(payer)
        with CaptureQueriesContext(connection) as seen:
            read(client, path)
        return len(seen)

    give(payer, 100, now)
    begin(payer, now)
    before = count()
    for _ in range(5):
        give(payer, 100, now)
        begin(payer, now)
    assert count() == before


@pytest.mark.parametrize("path", ["", "/payments", "/credits"])
def test_nobody_reads_it_without_signing_in(api, db, path):
    assert api().get(f"/api/billing{path}").status_code == 401
