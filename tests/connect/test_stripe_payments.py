"""Single things paid through Stripe, which stands in over real HTTP: keys, crashes, webhooks, refunds."""

import json
import time
from datetime import timedelta
from uuid import uuid4

import pytest
import stripe

from connect.enums import PaymentStatus
from connect.models import BillingDifference, Payment, PaymentJob
from connect.providers.stripe import Stripe
from connect.services import payment_jobs, payments, reconciliation
from tests.connect.books import begin, states

WEBHOOK = "/api/billing/webhook"
LATER = timedelta(minutes=11)


@pytest.fixture
def intent(payer, their, now):
    """A payment that waits at Stripe for its payer, and what Stripe calls it."""
    payment = begin(payer, now)
    payment_jobs.process_due(now=now)
    return payment, their.all("payment_intent")[0]["id"]


def call(api, event, *, secret="whsec_ours", at=None, header=None):
    body = json.dumps(event)
    signed = stripe.WebhookSignature.generate_signature_header(body, secret, at or int(time.time()))
    headers = {} if header == "" else {"HTTP_STRIPE_SIGNATURE": header or signed}
    return api().post(WEBHOOK, body, content_type="application/json", **headers)


def about(kind, **thing):
    return {"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing}}


def test_a_payment_waits_for_its_payer(intent):
    payment, reference = intent
    job = PaymentJob.objects.get()
    assert (states(payment), job.reference) == (["pending"], reference)
    assert job.client_secret == f"{reference}_secret"


def test_stripe_is_told_our_key_and_nothing_of_the_person(intent, their):
    payment, reference = intent
    assert their.keys("/v1/payment_intents") == [str(payment.id)]
    assert their.things[reference]["metadata"] == {"payment": str(payment.id)}


def test_it_is_settled_once_it_is_paid(intent, their, heard, now):
    payment, reference = intent
    their.pay(reference)
    payment_jobs.process_due(now=now + LATER)
    assert states(payment) == ["pending", "settled"]
    assert heard == [("settled", payment.id)]
    assert not PaymentJob.objects.exists()


def test_nobody_asks_before_it_is_time(intent, their, now):
    asked = len(their.calls)
    assert payment_jobs.process_due(now=now) == 0
    assert len(their.calls) == asked


def test_what_nobody_pays_for_a_day_is_cancelled_there_and_here(intent, their, now):
    payment, reference = intent
    payment_jobs.process_due(now=now + timedelta(days=1))
    assert (payment.status, their.things[reference]["status"]) == (PaymentStatus.FAILED, "canceled")


def test_what_is_paid_at_the_last_moment_is_settled(intent, their, now, monkeypatch):
    payment, _reference = intent
    cancel = Stripe.cancel

    def pay_first(self, name):
        their.pay(name)
        return cancel(self, name)

    monkeypatch.setattr(Stripe, "cancel", pay_first)
    payment_jobs.process_due(now=now + timedelta(days=1))
    assert payment.status == PaymentStatus.SETTLED


def test_a_worker_killed_after_the_charge_leaves_one_charge(payer, their, now, monkeypatch):
    payment = begin(payer, now)

    def killed(*args):
        raise SystemExit

    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(payment_jobs, "_record", killed)
        payment_jobs.process_due(now=now)
    assert payment_jobs.process_due(now=now) == 0  # the claim still stands
    payment_jobs.process_due(now=now + payment_jobs.CLAIM)
    assert their.keys("/v1/payment_intents") == [str(payment.id)] * 2
    assert len(their.all("payment_intent")) == 1
    assert PaymentJob.objects.get().reference == their.all("payment_intent")[0]["id"]


def test_a_stripe_that_is_down_is_asked_again_later_and_later(payer, their, now):
    their.down = True
    payment = begin(payer, now)
    payment_jobs.process_due(now=now)
    first = PaymentJob.objects.get()
    assert (states(payment), first.due_at, first.claimed_until) == (["pending"], now + payment_jobs.FIRST_WAIT, None)
    payment_jobs.process_due(now=first.due_at)
    assert PaymentJob.objects.get().due_at == first.due_at + 2 * payment_jobs.FIRST_WAIT


def test_after_many_attempts_it_is_given_up(payer, their, now):
    their.down = True
    payment = begin(payer, now)
    for _ in range(payment_jobs.ATTEMPTS):
        assert states(payment) == ["pending"]
        payment_jobs.process_due(now=PaymentJob.objects.get().due_at)
    assert states(payment) == ["pending", "failed"]
    assert not PaymentJob.objects.exists()


def test_another_amount_than_ours_settles_nothing(intent, their, now):
    payment, reference = intent
    their.things[reference]["amount"] = 1
    their.pay(reference)
    payment_jobs.process_due(now=now + LATER)
    assert states(payment) == ["pending"]


def test_a_refund_is_made_once_under_our_key(intent, their, heard, now):
    payment, reference = intent
    their.pay(reference)
    payment_jobs.process_due(now=now + LATER)
    payments.refund(payment_id=payment.id, by=None, now=now)
    payment_jobs.process_due(now=now)
    assert payment.status == PaymentStatus.REFUNDED
    assert their.keys("/v1/refunds") == [f"refund:{payment.id}"]
    assert heard == [("settled", payment.id), ("refunded", payment.id)]


# The webhook.


def test_a_signed_call_makes_us_look(api, intent, their, now):
    payment, reference = intent
    their.pay(reference)
    assert call(api, about("payment_intent.succeeded", id=reference)).status_code == 200
    assert states(payment) == ["pending"]
    payment_jobs.process_due(now=PaymentJob.objects.get().due_at)
    assert states(payment) == ["pending", "settled"]


def test_what_a_call_says_is_not_believed(api, intent):
    payment, reference = intent
    call(api, about("payment_intent.succeeded", id=reference, status="succeeded"))
    payment_jobs.process_due(now=PaymentJob.objects.get().due_at)
    assert states(payment) == ["pending"]


def test_a_call_again_and_out_of_order_does_no_harm(api, intent, their, heard):
    payment, reference = intent
    their.pay(reference)
    for kind in ("payment_intent.succeeded", "payment_intent.created", "payment_intent.succeeded"):
        assert call(api, about(kind, id=reference)).status_code == 200
        payment_jobs.process_due(now=PaymentJob.objects.get().due_at)
    assert (states(payment), heard) == (["pending", "settled"], [("settled", payment.id)])


def test_a_call_that_overtakes_our_own_record_finds_the_payment_by_our_key(api, payer, their, now):
    payment = begin(payer, now)
    event = about("payment_intent.created", id="pi_of_somebody", metadata={"payment": str(payment.id)})
    call(api, event)
    assert PaymentJob.objects.get().reference == "pi_of_somebody"


def test_a_refund_made_on_stripes_own_pages_is_followed(api, intent, their, heard, now):
    payment, reference = intent
    their.pay(reference)
    payment_jobs.process_due(now=now + LATER)
    their.things[reference]["latest_charge"]["refunded"] = True
    call(api, about("charge.refunded", id="ch", payment_intent=reference))
    payment_jobs.process_due(now=PaymentJob.objects.get().due_at)
    assert states(payment) == ["pending", "settled", "refunded"]
    assert heard[-1] == ("refunded", payment.id)


@pytest.mark.parametrize("event", [about("customer.tax_id.created", id="txi_1"), {"object": "event"}])
def test_an_unknown_event_is_passed_over(api, intent, event):
    due = PaymentJob.objects.get().due_at
    assert call(api, event).status_code == 200
    assert PaymentJob.objects.get().due_at == due


@pytest.mark.parametrize(
    "wrong",
    [
        {"header": ""},
        {"header": "t=1,v1=00"},
        {"header": "nonsense"},
        {"secret": "whsec_of_somebody_else"},
        {"at": int(time.time()) - 3600},
    ],
    ids=["unsigned", "made up", "no signature", "another secret", "an hour old"],
)
def test_a_call_that_is_not_signed_now_by_stripe_is_refused(api, intent, wrong):
    due = PaymentJob.objects.get().due_at
    refused = call(api, about("payment_intent.succeeded", id=intent[1]), **wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, "signature_invalid")
    assert PaymentJob.objects.get().due_at == due


def test_a_body_changed_on_the_way_is_refused(api, intent):
    body = json.dumps(about("payment_intent.succeeded", id=intent[1]))
    signed = stripe.WebhookSignature.generate_signature_header(body, "whsec_ours")
    refused = api().post(WEBHOOK, body + " ", content_type="application/json", HTTP_STRIPE_SIGNATURE=signed)
    assert refused.status_code == 400


def test_without_a_secret_nothing_is_believed(api, intent, settings):
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert call(api, about("payment_intent.succeeded", id=intent[1]), secret="").status_code == 400


def test_a_call_while_a_worker_is_at_it_is_looked_at_afterwards(api, intent, their, now, monkeypatch):
    payment, _reference = intent
    read = Stripe.read

    def overtaken(self, name):
        answer = read(self, name)
        their.pay(name)
        call(api, about("payment_intent.succeeded", id=name))
        return answer

    with monkeypatch.context() as slow:
        slow.setattr(Stripe, "read", overtaken)
        payment_jobs.process_due(now=now + LATER)
    job = PaymentJob.objects.get()
    assert (states(payment), job.claimed_until) == (["pending"], None)
    payment_jobs.process_due(now=job.due_at)
    assert states(payment) == ["pending", "settled"]


# Comparing the books.


def test_books_that_agree_note_nothing(intent, now):
    assert reconciliation.compare(now=now + timedelta(hours=1)) == 0


def test_a_payment_that_was_made_and_never_heard_of_is_corrected(intent, their, heard, now):
    payment, reference = intent
    their.pay(reference)
    later = now + timedelta(hours=1)
    assert reconciliation.compare(now=later) == 1
    payment_jobs.process_due(now=later)
    assert (payment.status, heard) == (PaymentStatus.SETTLED, [("settled", payment.id)])
    found = BillingDifference.objects.get()
    assert (found.entity_id, found.ours, found.theirs) == (payment.id, "pending, 199 eur", "settled, 199 eur")


def test_a_payment_given_up_that_was_made_after_all_is_settled(payer, their, heard, now):
    their.down = True
    payment = begin(payer, now)
    PaymentJob.objects.update(attempts=payment_jobs.ATTEMPTS)
    payment_jobs.process_due(now=now)
    assert payment.status == PaymentStatus.FAILED
    their.down = False
    made = their._intent({"amount": "199", "currency": "eur", "metadata[payment]": str(payment.id)})
    their.pay(made["id"])
    later = now + timedelta(hours=1)
    reconciliation.compare(now=later)
    payment_jobs.process_due(now=later)
    assert (payment.status, heard) == (PaymentStatus.SETTLED, [("settled", payment.id)])


def test_the_same_difference_is_noted_once(intent, their, now):
    their.things[intent[1]]["amount"] = 1
    for hours in (1, 2):
        reconciliation.compare(now=now + timedelta(hours=hours))
    assert BillingDifference.objects.count() == 1


def test_a_charge_under_a_key_that_we_do_not_know_is_noted(payer, their, now):
    key = uuid4()
    their._intent({"amount": "199", "currency": "eur", "metadata[payment]": str(key)})
    reconciliation.compare(now=now)
    assert (BillingDifference.objects.get().entity_id, Payment.objects.count()) == (key, 0)


def test_what_is_young_is_left_to_its_job(intent, their, now):
    their.pay(intent[1])
    assert reconciliation.compare(now=now) == 0


def test_a_stripe_that_is_down_is_compared_another_time(intent, their, now):
    their.down = True
    assert reconciliation.compare(now=now + timedelta(hours=1)) == 0
    assert not BillingDifference.objects.exists()
