"""Rate limits on a real Redis, under threads, and with Redis gone (fault 15)."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from config.errors import TooFast, Unavailable
from safety import limits
from tests.safety.calls import address

TABLE = {
    "few": {"account": "10/day", "sensitive": False},
    "by address": {"address": "2/day", "sensitive": False},
    "two windows": {"account": "3/minute;2/day", "sensitive": False},
    "sensitive": {"account": "10/day", "sensitive": True},
    "one": {"account": "1/day", "sensitive": False},
    "wide": {"account": "3/day", "sensitive": False},
    "minute": {"account": "1/minute", "sensitive": False},
}


@pytest.fixture(autouse=True)
def table(settings):
    settings.LIMITS = {**settings.LIMITS, **TABLE}
    return settings


def passes(policy, account=None, place=None):
    try:
        limits.check(policy, account=account, address=place or address())
    except TooFast:
        return False
    return True


def test_calls_pass_up_to_the_limit_and_not_beyond():
    account = uuid4()
    assert [passes("few", account) for _ in range(11)] == [True] * 10 + [False]


def test_parallel_callers_never_pass_more_than_the_limit():
    account, together = uuid4(), Barrier(40)

    def call(_):
        together.wait()
        return passes("few", account)

    with ThreadPoolExecutor(40) as threads:
        assert sum(threads.map(call, range(40))) == 10


def test_each_account_has_its_own_count():
    first, second = uuid4(), uuid4()
    for _ in range(10):
        passes("few", first)
    assert (passes("few", first), passes("few", second)) == (False, True)


def test_an_address_is_counted_for_nobody_too():
    place = address()
    assert [passes("by address", None, place) for _ in range(3)] == [True, True, False]


def test_every_window_of_a_policy_holds():
    account = uuid4()
    assert [passes("two windows", account) for _ in range(3)] == [True, True, False]


def test_a_refusal_says_when_to_come_back():
    account = uuid4()
    for _ in range(10):
        passes("few", account)
    with pytest.raises(TooFast) as refused:
        limits.check("few", account=account, address=address())
    assert 1 <= refused.value.retry_after <= 24 * 3600 + 1


def call(*policies, account=None, place=None):
    return limits.Call(policies, account or uuid4(), place or address())


def told(*calls):
    """What each of several calls is told that are counted in one round trip."""
    return [refusal and refusal.code for refusal in limits.refusals(calls)]


def test_of_two_calls_at_once_the_full_one_is_refused():
    account = uuid4()
    passes("one", account)
    full, free = call("one", account=account), call("one")
    assert told(full, free, full) == ["rate_limited", None, "rate_limited"]


def test_calls_of_one_account_at_once_pass_up_to_the_limit():
    account = uuid4()
    assert told(*[call("wide", account=account)] * 5) == [None] * 3 + ["rate_limited"] * 2


def test_several_calls_are_one_round_trip(monkeypatch):
    script, trips = limits._script(), []
    monkeypatch.setattr(limits, "_script", lambda: lambda *args: trips.append(args) or script(*args))
    assert (told(call("few"), call("few", "wide"), call("by address")), len(trips)) == ([None] * 3, 1)


def test_no_calls_are_no_round_trip(monkeypatch):
    monkeypatch.setattr(limits, "_script", lambda: pytest.fail("asked Redis"))
    assert told() == []


def test_a_refused_call_uses_up_no_window():
    account = uuid4()
    passes("one", account)
    assert [passes_both(account) for _ in range(5)] == [False] * 5
    assert [passes("wide", account) for _ in range(4)] == [True, True, True, False]


def passes_both(account):
    return told(call("wide", "one", account=account)) == [None]


def test_a_refused_call_uses_up_no_window_of_the_calls_beside_it():
    account = uuid4()
    both, wide = call("one", "wide", account=account), call("wide", account=account)
    assert told(both, both, both, wide, wide, wide) == [None, *["rate_limited"] * 2, None, None, "rate_limited"]


def test_each_policy_has_windows_of_its_own(settings):
    settings.LIMITS["another"] = settings.LIMITS["one"]
    account = uuid4()
    one, another = call("one", account=account), call("another", account=account)
    assert told(one, another, one) == [None, None, "rate_limited"]


def test_account_and_address_are_counted_apart(settings):
    settings.LIMITS["both"] = {"account": "2/day", "address": "3/day", "sensitive": False}
    account, place = uuid4(), address()
    of_account = call("both", account=account, place=place)
    assert told(of_account, of_account, of_account) == [None, None, "rate_limited"]
    assert told(call("both", place=place), call("both", place=place)) == [None, "rate_limited"]


def test_calls_with_any_number_of_windows_are_not_mixed_up():
    full, place = uuid4(), address()
    passes("one", full)
    mixed = [
        limits.Call([], None, ""),
        call("two windows", "wide", "by address", place=place),
        call("one", account=full),
        limits.Call(["by address"], None, place),
        limits.Call(["by address"], None, place),
        call("one"),
    ]
    assert told(*mixed) == [None, None, "rate_limited", None, "rate_limited", None]


@pytest.mark.parametrize("policies", [("minute", "wide"), ("wide", "minute")])
def test_the_wait_is_that_of_the_window_that_opens_last(policies):
    account = uuid4()
    told(call("minute", account=account), *[call("wide", account=account)] * 3)
    (refused,) = limits.refusals([call(*policies, account=account)])
    assert 60 < refused.retry_after <= 24 * 3600


def test_each_window_of_several_calls_lasts_its_own_time():
    account = uuid4()
    passing = [call("few"), call("one", account=account), call("two windows"), call("minute", account=account)]
    assert told(*passing) == [None] * 4
    by_day, by_minute = limits.refusals([call("one", account=account), call("minute", account=account)])
    assert 1 <= by_minute.retry_after <= 60 < by_day.retry_after


def test_a_window_opens_again(settings):
    settings.LIMITS["second"] = {"account": "1/second", "sensitive": False}
    account = uuid4()
    assert (passes("second", account), passes("second", account)) == (True, False)
    time.sleep(1.1)
    assert passes("second", account)


def test_what_is_given_back_was_not_counted():
    account = uuid4()
    passes("one", account)
    limits.give_back(call("one", account=account))
    assert [passes("one", account), passes("one", account)] == [True, False]


def test_no_more_is_given_back_than_was_taken():
    account = uuid4()
    limits.give_back(call("one", account=account), call("one", account=account))
    assert [passes("one", account), passes("one", account)] == [True, False]


def test_giving_back_keeps_the_time_of_a_window(settings):
    settings.LIMITS["short"] = {"account": "2/minute", "sensitive": False}
    account = uuid4()
    passes("short", account)
    passes("short", account)
    limits.give_back(call("short", account=account))
    passes("short", account)
    (refused,) = limits.refusals([call("short", account=account)])
    assert 1 <= refused.retry_after <= 60


def test_without_redis_nothing_is_given_back(redis_gone):
    limits.give_back(call("one"))
    assert passes("one", uuid4())


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::1:2:3:4", "2001:db8::/64"),
        ("no:address", "no:address"),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(address, place):
    assert limits.place(address) == place


def test_without_redis_each_of_several_calls_is_told_its_own(redis_gone):
    calls = [call("few"), call("sensitive"), call("few", "sensitive"), call("wide")]
    assert told(*calls) == [None, "unavailable", "unavailable", None]


def test_with_redis_they_all_pass():
    calls = [call("few"), call("sensitive"), call("few", "sensitive"), call("wide")]
    assert told(*calls) == [None] * 4


def test_without_redis_an_ordinary_policy_lets_through(redis_gone):
    assert passes("few", uuid4())


def test_without_redis_a_sensitive_policy_refuses(redis_gone):
    with pytest.raises(Unavailable):
        limits.check("sensitive", account=uuid4(), address=address())


def test_with_redis_a_sensitive_policy_lets_through():
    assert passes("sensitive", uuid4())


@pytest.mark.parametrize("policy", ["auth", "code", "refresh", "chat", "reveal"])
def test_what_guards_a_secret_is_sensitive(settings, policy):
    assert settings.LIMITS[policy]["sensitive"]


def test_asking_for_help_does_not_need_redis(settings):
    assert not settings.LIMITS["report"]["sensitive"]
