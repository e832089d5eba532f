"""How often somebody may guess at an account, or have mail sent to an address."""

from typing import Any
from uuid import uuid4

import pytest

from connect.models import OutgoingMail
from safety import attempts
from tests.factories import PASSWORD, UserFactory

EMAIL = "new@maitribe.example"
ATTEMPTS = {
    "login": {"account": "4/day", "sensitive": True},
    "login_here": {"account": "3/day", "sensitive": True},
}


def call(client: Any, what: str, email: str, password: str = PASSWORD) -> Any:
    return client.post(f"/api/auth/{what}", {"email": email, "password": password})


def guess(api: Any, email: str, place: str, password: str = "wrong wrong") -> int:
    client = api()
    client.defaults["REMOTE_ADDR"] = place
    return int(call(client, "login", email, password).status_code)


@pytest.fixture
def few_attempts(settings: Any) -> None:
    settings.LIMITS = {**settings.LIMITS, **ATTEMPTS}


@pytest.mark.parametrize("email", ["ada@maitribe.example", "no@one.example"])
def test_guessing_is_stopped_alike_for_known_and_unknown_addresses(api, few_attempts, email):
    UserFactory.with_password(email="ada@maitribe.example")
    assert [guess(api, email, f"10.1.0.{n}") for n in range(6)] == [401] * 4 + [429] * 2


def test_the_right_password_comes_too_late_after_too_many_wrong_ones(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    for n in range(4):
        guess(api, "ada@maitribe.example", f"10.1.0.{n}")
    reply = call(api(), "login", "Ada@maitribe.example")
    assert (reply.status_code, reply.json()["code"], "Retry-After" in reply.headers) == (429, "rate_limited", True)


def test_whoever_guesses_from_one_place_does_not_lock_the_owner_out(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    guesses = [guess(api, "ada@maitribe.example", "10.1.0.1") for _ in range(9)]
    owner = guess(api, "ada@maitribe.example", "10.2.0.1", PASSWORD)
    assert (guesses, owner) == ([401] * 3 + [429] * 6, 200)


def test_guessing_at_one_account_leaves_the_others_alone(api, few_attempts):
    UserFactory.with_password(email="ben@maitribe.example")
    for n in range(6):
        guess(api, "ada@maitribe.example", f"10.1.0.{n}")
    assert guess(api, "ben@maitribe.example", "10.1.0.0", PASSWORD) == 200


def test_fifteen_guesses_in_a_row_from_one_place_do_not_get_through(api):
    assert [guess(api, "ada@maitribe.example", "10.1.0.1") for _ in range(15)] == [401] * 6 + [429] * 9


def test_guesses_from_many_places_do_not_lock_the_owner_out(api):
    UserFactory.with_password(email="ada@maitribe.example")
    guesses = [guess(api, "ada@maitribe.example", f"10.1.0.{n}") for n in range(20)]
    assert (guesses, guess(api, "ada@maitribe.example", "10.2.0.1", PASSWORD)) == ([401] * 20, 200)


@pytest.mark.parametrize(("before", "now"), [("10.2.0.1", "10.2.0.1"), ("2001:db8:0:1::1", "2001:db8:0:1::2")])
def test_who_signed_in_from_a_place_before_does_so_however_many_guess_elsewhere(api, few_attempts, before, now):
    UserFactory.with_password(email="ada@maitribe.example")
    guess(api, "ada@maitribe.example", before, PASSWORD)
    for n in range(6):
        guess(api, "ada@maitribe.example", f"10.1.0.{n}")
    elsewhere = guess(api, "ada@maitribe.example", "10.3.0.1", PASSWORD)
    assert (elsewhere, guess(api, "ada@maitribe.example", now, PASSWORD)) == (429, 200)
    assert [guess(api, "ada@maitribe.example", now) for _ in range(4)] == [401] * 3 + [429]


def test_a_place_is_known_for_the_account_that_was_signed_in_to(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    UserFactory.with_password(email="ben@maitribe.example")
    guess(api, "ben@maitribe.example", "10.2.0.1", PASSWORD)
    for n in range(6):
        guess(api, "ada@maitribe.example", f"10.1.0.{n}")
    assert guess(api, "ada@maitribe.example", "10.2.0.1", PASSWORD) == 429


def test_where_somebody_signed_in_from_is_forgotten_with_them(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    guess(api, "ada@maitribe.example", "10.2.0.1", PASSWORD)
    attempts.forget("ada@maitribe.example")
    for n in range(6):
        guess(api, "ada@maitribe.example", f"10.1.0.{n}")
    assert guess(api, "ada@maitribe.example", "10.2.0.1", PASSWORD) == 429


def test_the_addresses_of_one_network_are_one_place(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    guesses = [guess(api, "ada@maitribe.example", f"2001:db8:0:1::{n}") for n in range(1, 6)]
    assert guesses == [401] * 3 + [429] * 2
    assert guess(api, "ada@maitribe.example", "2001:db8:0:2::1", PASSWORD) == 200


def test_signing_in_uses_up_nothing(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    assert [guess(api, "ada@maitribe.example", "10.1.0.1", PASSWORD) for _ in range(6)] == [200] * 6
    assert [guess(api, "ada@maitribe.example", "10.1.0.1") for _ in range(4)] == [401] * 3 + [429]


def test_a_success_makes_no_room_for_further_guesses(api, few_attempts):
    UserFactory.with_password(email="ada@maitribe.example")
    tried = [
        guess(api, "ada@maitribe.example", "10.1.0.1", word) for word in ("wrong", "wrong", PASSWORD, "wrong", "x")
    ]
    assert tried == [401, 401, 200, 401, 429]


@pytest.mark.parametrize("known", [True, False])
def test_one_mailbox_is_not_flooded(api, settings, known):
    settings.LIMITS = {**settings.LIMITS, "mailbox": {"account": "2/day", "sensitive": True}}
    if known:
        UserFactory(email=EMAIL)
    assert [call(api(), "register", email).status_code for email in (EMAIL, EMAIL.upper(), EMAIL)] == [202, 202, 429]
    assert call(api(), "register", "else@maitribe.example").status_code == 202
    assert OutgoingMail.objects.filter(to=EMAIL).count() == 2


@pytest.fixture
def accounts_counted_alone(settings: Any) -> None:
    """What counts by the address is made ordinary, so that what counts by the account has to refuse."""
    settings.LIMITS = {**settings.LIMITS, "auth": {**settings.LIMITS["auth"], "sensitive": False}}


@pytest.mark.parametrize("what", ["login", "register"])
def test_without_redis_it_is_refused(api, redis_gone, accounts_counted_alone, what):
    UserFactory.with_password(email=EMAIL)
    assert call(api(), what, EMAIL).status_code == 503


@pytest.mark.parametrize(("what", "status"), [("login", 200), ("register", 202)])
def test_with_redis_it_is_not(api, what, status):
    UserFactory.with_password(email=EMAIL)
    assert call(api(), what, EMAIL).status_code == status


SENSITIVE = [
    ("oauth/google", {"id_token": "x"}),
    ("oauth/apple", {"id_token": "x"}),
    ("phone/start", {"phone": "+4915112345678"}),
    ("phone/verify", {"verification_id": str(uuid4()), "code": "123456"}),
    ("password/change", {"old_password": PASSWORD, "new_password": "another long passphrase"}),
    ("password/reset", {"email": EMAIL}),
    ("password/reset/confirm", {"reset_id": str(uuid4()), "code": "123456", "new_password": "a new long passphrase"}),
]


@pytest.mark.parametrize(("what", "body"), SENSITIVE, ids=[what for what, _ in SENSITIVE])
def test_fault_15_without_redis_nothing_is_proved_and_no_password_changed(api, redis_gone, what, body):
    reply = api(UserFactory.with_password(email=EMAIL)).post(f"/api/auth/{what}", body)
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(("what", "body"), SENSITIVE, ids=[what for what, _ in SENSITIVE])
def test_with_redis_each_is_looked_at(api, what, body):
    reply = api(UserFactory.with_password(email=EMAIL)).post(f"/api/auth/{what}", body)
    assert reply.status_code in {202, 204, 400, 404}
