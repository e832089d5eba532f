"""Tiers that are paid for: in the sandbox, and through a Stripe that stands in over real HTTP."""

from datetime import timedelta

import pytest

from config.errors import WrongState
from connect.enums import SubscriptionStatus, Tier
from connect.models import BillingDifference, Notification, Payment, Subscription, User
from connect.providers.sandbox import PERIOD
from connect.services import reconciliation, subscription_jobs, subscriptions
from connect.signals import tier_changed
from tests.connect.test_stripe_payments import about, call
from tests.factories import UserFactory

SOON = timedelta(minutes=1)
GRACE = timedelta(days=7)


def ask(payer, tier, now):
    subscriptions.request(user_id=payer.id, tier=Tier(tier), now=now)
    subscription_jobs.process_due(now=now)


def look(now):
    Subscription.objects.update(due_at=now)
    subscription_jobs.process_due(now=now)


def tier_of(payer):
    return User.objects.get(id=payer.id).tier


def held(payer):
    return Subscription.objects.get(user=payer)


def paid(payer):
    return list(Payment.objects.filter(user=payer).order_by("id").values_list("amount", flat=True))


# In the sandbox.


def test_a_subscription_that_cannot_be_followed_keeps_no_other_waiting(payer, now):
    cursed = UserFactory()
    for person in (cursed, payer):
        subscriptions.request(user_id=person.id, tier=Tier.PLUS, now=now)

    def fails(user_id, **kwargs):
        if user_id == cursed.id:
            raise RuntimeError("nobody can be told of this")

    tier_changed.connect(fails)
    subscription_jobs.process_due(now=now)
    tier_changed.disconnect(fails)
    assert (tier_of(cursed), tier_of(payer)) == ("free", "plus")
    waiting = held(cursed)
    assert (waiting.status, waiting.claimed_until, waiting.due_at > now) == ("pending", None, True)


def test_a_tier_begins_once_the_provider_says_so(payer, now):
    subscriptions.request(user_id=payer.id, tier=Tier.PLUS, now=now)
    assert (tier_of(payer), held(payer).status) == ("free", "pending")
    subscription_jobs.process_due(now=now)
    assert (tier_of(payer), held(payer).status, held(payer).period_end) == ("plus", "active", now + PERIOD)


def test_each_period_is_booked_once_however_often_it_is_read(payer, now):
    ask(payer, "plus", now)
    look(now + SOON)
    look(now + 2 * PERIOD + SOON)
    look(now + 2 * PERIOD + SOON)
    assert paid(payer) == [799, 799, 799]
    assert {payment.status for payment in Payment.objects.all()} == {"settled"}


def test_a_rise_is_there_at_once_and_costs_the_difference(payer, now):
    ask(payer, "plus", now)
    ask(payer, "pro", now + SOON)
    assert (tier_of(payer), paid(payer)) == ("pro", [799, 700])


def test_a_fall_begins_with_the_next_period(payer, now):
    ask(payer, "pro", now)
    ask(payer, "plus", now + SOON)
    assert (tier_of(payer), held(payer).next_tier) == ("pro", "plus")
    look(now + PERIOD)
    assert (tier_of(payer), held(payer).next_tier, paid(payer)) == ("plus", "", [1499, 799])


def test_a_fall_taken_back_costs_nothing(payer, now):
    ask(payer, "pro", now)
    ask(payer, "plus", now + SOON)
    ask(payer, "pro", now + 2 * SOON)
    assert (tier_of(payer), held(payer).next_tier, paid(payer)) == ("pro", "", [1499])


def test_free_begins_with_the_next_period(payer, now):
    ask(payer, "plus", now)
    ask(payer, "free", now + SOON)
    assert (tier_of(payer), held(payer).next_tier) == ("plus", "free")
    look(now + PERIOD)
    assert (tier_of(payer), held(payer).status) == ("free", "ended")
    assert Notification.objects.get(user=payer).type == "subscription_ended"


def test_who_stays_after_all_is_renewed(payer, now):
    ask(payer, "plus", now)
    ask(payer, "free", now + SOON)
    ask(payer, "plus", now + 2 * SOON)
    look(now + PERIOD)
    assert (tier_of(payer), paid(payer)) == ("plus", [799, 799])


def test_a_downgrade_leaves_the_connections_as_they_are(payer, now):
    ask(payer, "pro", now)
    User.objects.filter(id=payer.id).update(active_connection_count=4)
    ask(payer, "free", now + SOON)
    look(now + PERIOD)
    assert (tier_of(payer), User.objects.get(id=payer.id).active_connection_count) == ("free", 4)


def test_who_is_free_and_stays_it_has_nothing_to_end(payer, now):
    assert subscriptions.request(user_id=payer.id, tier=Tier.FREE, now=now) is None


def test_what_one_has_or_asked_for_changes_nothing(payer, now):
    ask(payer, "plus", now)
    due = held(payer).due_at
    subscriptions.request(user_id=payer.id, tier=Tier.PLUS, now=now + SOON)
    assert (held(payer).due_at, held(payer).wanted) == (due, "")


def test_one_may_come_back_after_an_end(payer, now):
    ask(payer, "plus", now)
    ask(payer, "free", now + SOON)
    look(now + PERIOD)
    ask(payer, "pro", now + PERIOD + SOON)
    assert tier_of(payer) == "pro"
    assert Subscription.objects.filter(user=payer).count() == 2


# Through Stripe.


@pytest.fixture
def waiting(payer, their, now):
    """A subscription that waits for its first payment."""
    ask(payer, "plus", now)
    return held(payer)


@pytest.fixture
def live(waiting, payer, their, now):
    their.pay_bill(waiting.reference)
    look(now + SOON)
    return held(payer)


def test_the_first_payment_is_waited_for(waiting, payer, their):
    assert (waiting.status, tier_of(payer), paid(payer)) == ("pending", "free", [])
    assert waiting.client_secret.endswith("_secret")
    assert their.keys("/v1/subscriptions") == [str(waiting.id)]


def test_another_tier_waits_for_the_first_payment(waiting, payer, now):
    with pytest.raises(WrongState) as refused:
        subscriptions.request(user_id=payer.id, tier=Tier.PRO, now=now)
    assert refused.value.code == "subscription_pending"


def test_once_paid_the_tier_begins(live, payer):
    assert (live.status, tier_of(payer), paid(payer), live.client_secret) == ("active", "plus", [799], "")


def test_what_is_not_wanted_any_more_ends_unpaid(waiting, payer, their, now):
    ask(payer, "free", now + SOON)
    assert (held(payer).status, their.things[waiting.reference]["status"]) == ("ended", "canceled")


def test_what_nobody_pays_for_a_day_ends(waiting, payer, now):
    look(now + timedelta(days=1))
    assert (held(payer).status, tier_of(payer)) == ("ended", "free")


def test_a_worker_killed_after_subscribing_leaves_one_subscription(payer, their, now, monkeypatch):
    subscriptions.request(user_id=payer.id, tier=Tier.PLUS, now=now)

    def killed(*args):
        raise SystemExit

    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(subscription_jobs, "_record", killed)
        subscription_jobs.process_due(now=now)
    assert subscription_jobs.process_due(now=now) == 0
    subscription_jobs.process_due(now=now + subscription_jobs.CLAIM)
    assert len(their.all("subscription")) == len(their.all("customer")) == 1


def test_a_rise_is_charged_at_once(live, payer, now):
    ask(payer, "pro", now + 2 * SOON)
    assert (tier_of(payer), paid(payer)) == ("pro", [799, 700])


def test_a_rise_that_is_declined_leaves_the_tier(live, payer, their, now):
    their.declines = True
    ask(payer, "pro", now + 2 * SOON)
    assert (tier_of(payer), paid(payer), held(payer).wanted) == ("plus", [799], "")


def test_a_renewal_is_read_when_stripe_calls(live, api, payer, their, now):
    their.renew(live.reference)
    parent = {"subscription_details": {"subscription": live.reference}}
    call(api, about("invoice.paid", id="in_9", object="invoice", parent=parent))
    subscription_jobs.process_due(now=held(payer).due_at)
    assert (paid(payer), held(payer).period_end) == ([799, 799], live.period_end + timedelta(days=30))


def test_an_event_again_and_late_books_nothing_twice(live, api, payer, their):
    for kind in ("customer.subscription.updated", "customer.subscription.created"):
        call(api, about(kind, id=live.reference))
        subscription_jobs.process_due(now=held(payer).due_at)
    assert (paid(payer), tier_of(payer)) == ([799], "plus")


@pytest.fixture
def unpaid(live, payer, their, now):
    their.renew(live.reference, paid=False)
    look(now + timedelta(days=30))
    return held(payer)


def test_a_renewal_that_failed_leaves_the_tier_for_a_while(unpaid, payer, now):
    assert (unpaid.status, unpaid.grace_until) == ("past_due", now + timedelta(days=30) + GRACE)
    assert tier_of(payer) == "plus"
    assert Notification.objects.get(user=payer).type == "payment_failed"


def test_paid_in_time_it_goes_on(unpaid, payer, their, now):
    their.pay_bill(unpaid.reference)
    look(now + timedelta(days=31))
    assert (held(payer).status, held(payer).grace_until, tier_of(payer)) == ("active", None, "plus")


def test_not_paid_in_time_it_ends_there_and_here(unpaid, payer, their, now):
    look(now + timedelta(days=30) + GRACE)
    assert (held(payer).status, tier_of(payer)) == ("ended", "free")
    assert their.things[unpaid.reference]["status"] == "canceled"


def test_a_grace_runs_out_although_stripe_is_down(unpaid, payer, their, now):
    their.down = True
    look(now + timedelta(days=30) + GRACE)
    assert (held(payer).status, tier_of(payer)) == ("past_due", "free")


def test_another_tier_waits_for_a_renewal(unpaid, payer, now):
    with pytest.raises(WrongState) as refused:
        subscriptions.request(user_id=payer.id, tier=Tier.PRO, now=now)
    assert refused.value.code == "payment_due"


def test_a_stripe_that_is_down_ends_no_subscription(live, payer, their, now):
    their.down = True
    Subscription.objects.update(attempts=subscription_jobs.ATTEMPTS)
    look(now + SOON)
    assert (held(payer).status, tier_of(payer)) == ("active", "plus")


def test_what_stripe_never_took_is_given_up(payer, their, now):
    their.down = True
    subscriptions.request(user_id=payer.id, tier=Tier.PLUS, now=now)
    Subscription.objects.update(attempts=subscription_jobs.ATTEMPTS)
    look(now)
    assert held(payer).status == "ended"
    assert Notification.objects.get(user=payer).type == "payment_failed"


def test_a_subscription_ended_on_stripes_own_pages_is_found_and_followed(live, payer, their, now):
    their.things[live.reference]["status"] = "canceled"
    later = now + timedelta(hours=1)
    assert reconciliation.compare(now=later) == 1
    subscription_jobs.process_due(now=later)
    assert (held(payer).status, tier_of(payer)) == (SubscriptionStatus.ENDED, "free")
    assert BillingDifference.objects.get().theirs == "missing"


def test_a_subscription_that_agrees_is_no_difference(live, now):
    assert reconciliation.compare(now=now + timedelta(hours=1)) == 0


def test_who_is_gone_is_forgotten_by_stripe(live, payer, their, now):
    subscriptions.leave(payer.id, now)
    subscription_jobs.process_due(now=now)
    assert (held(payer).status, held(payer).customer, their.all("customer")) == ("ended", "", [])
    assert not Notification.objects.filter(type="subscription_ended").exists()
    subscriptions.leave(payer.id, now)
    assert subscription_jobs.process_due(now=now) == 0


def test_what_was_asked_for_while_a_worker_was_at_it_is_done_next(live, payer, now, monkeypatch):
    consult = subscription_jobs._consult

    def overtaken(*args):
        deal = consult(*args)
        subscriptions.request(user_id=payer.id, tier=Tier.FREE, now=now + SOON)
        return deal

    with monkeypatch.context() as slow:
        slow.setattr(subscription_jobs, "_consult", overtaken)
        look(now)
    assert held(payer).wanted == "free"
    subscription_jobs.process_due(now=now + SOON)
    assert (held(payer).wanted, held(payer).next_tier) == ("", "free")
