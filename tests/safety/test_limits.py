"""Rate limits on a real Redis, under threads, and with Redis gone (fault 15)."""

import socket
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
}


@pytest.fixture(autouse=True)
def table(settings):
    settings.LIMITS = {**settings.LIMITS, **TABLE}
    return settings


@pytest.fixture
def redis_gone(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
    limits._script.cache_clear()
    yield
    limits._script.cache_clear()


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
