"""Signing up: who gets an account, and with whose password."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.errors import Invalid
from connect.models import DeviceSession, OutgoingMail, PendingRegistration, User
from connect.services import registrations
from connect.services.sessions import Device
from tests.factories import PASSWORD, UserFactory

EMAIL = "new@maitribe.example"
DEVICE = Device("phone", "127.0.0.1", "test")


def register(client: Any, email: str = EMAIL, password: str = PASSWORD) -> Any:
    return client.post("/api/auth/register", {"email": email, "password": password})


def signed_up(client: Any, email: str = EMAIL, password: str = PASSWORD) -> tuple[str, str]:
    """The id that only the client which asked has, and the code that only the mailbox has."""
    registration = register(client, email, password).json()["registration_id"]
    return registration, mailed_code(email)


def mailed_code(email: str = EMAIL) -> str:
    body = OutgoingMail.objects.filter(to=email).latest("id").body
    found = re.search(r"\b\d{6}\b", body)
    assert found
    return found.group()


def confirm(client: Any, registration: str, code: str) -> Any:
    return client.post("/api/auth/register/confirm", {"registration_id": registration, "code": code})


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


# One person.


@pytest.mark.parametrize("timezone", ["Factory", "localtime", "Mars/Olympus", "../UTC"])
def test_a_zone_that_is_none_is_refused(api, timezone):
    asked = {"email": EMAIL, "password": PASSWORD, "timezone": timezone}
    reply = api().post("/api/auth/register", asked)
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_timezone")


def test_a_zone_is_kept(api):
    asked = {"email": EMAIL, "password": PASSWORD, "timezone": "Pacific/Honolulu"}
    registration = api().post("/api/auth/register", asked).json()["registration_id"]
    confirm(api(), registration, mailed_code())
    assert User.objects.get().timezone == "Pacific/Honolulu"


def test_a_confirmed_code_signs_in(api):
    reply = confirm(api(), *signed_up(api()))
    assert reply.status_code == 201
    assert set(reply.json()) == {"access", "refresh", "expires_in", "session_id", "user_id"}


def test_no_account_before_the_code(api):
    assert register(api()).status_code == 202
    assert not User.objects.exists()


def test_an_account_is_made_with_argon2(api):
    confirm(api(), *signed_up(api()))
    assert User.objects.get().password.startswith("argon2")


def test_a_wrong_code_is_refused_and_counted(api):
    registration, code = signed_up(api())
    reply = confirm(api(), registration, other_than(code))
    assert (reply.status_code, reply.json()["code"]) == (400, "code_wrong")
    assert PendingRegistration.objects.get().attempts == 1


def test_the_right_code_after_too_many_wrong_ones_is_refused(api):
    registration, code = signed_up(api())
    for _ in range(settings.CODE_ATTEMPTS):
        confirm(api(), registration, other_than(code))
    assert confirm(api(), registration, code).status_code == 400


def test_a_code_does_not_last(api):
    registration, code = signed_up(api())
    PendingRegistration.objects.update(expires_at=timezone.now())
    assert confirm(api(), registration, code).status_code == 400


def test_a_code_is_good_once(api):
    registration, code = signed_up(api())
    assert [confirm(api(), registration, code).status_code for _ in range(2)] == [201, 400]


def test_a_registration_that_does_not_exist_answers_like_a_wrong_code(api):
    registration, code = signed_up(api())
    wrong = confirm(api(), registration, other_than(code)).json()
    missing = confirm(api(), str(uuid4()), code).json()
    assert missing | {"request_id": ""} == wrong | {"request_id": ""}


# Several people who name the same address.

OWNERS, OTHERS = "the owner's own passphrase", "somebody else's passphrase"


@pytest.mark.parametrize("order", [(OTHERS, OWNERS), (OWNERS, OTHERS)], ids=["before", "after"])
def test_whoever_names_the_same_address_does_not_choose_its_password(api, order):
    asked = {password: signed_up(api(), password=password) for password in order}
    assert confirm(api(), *asked[OWNERS]).status_code == 201
    assert User.objects.get().check_password(OWNERS)


@pytest.mark.parametrize("order", [(OTHERS, OWNERS), (OWNERS, OTHERS)], ids=["before", "after"])
def test_the_code_of_another_registration_opens_nothing(api, order):
    """The owner has both mails and types the code of the wrong one."""
    asked = {password: signed_up(api(), password=password) for password in order}
    reply = confirm(api(), asked[OWNERS][0], asked[OTHERS][1])
    assert (reply.status_code, User.objects.exists()) == (400, False)
    assert confirm(api(), *asked[OWNERS]).status_code == 201


def test_wrong_codes_for_one_registration_do_not_use_up_another(api):
    owner, other = signed_up(api()), signed_up(api())
    for _ in range(settings.CODE_ATTEMPTS):
        confirm(api(), other[0], other_than(other[1]))
    assert confirm(api(), *owner).status_code == 201


def test_the_other_registrations_end_with_the_account(api):
    first, second = signed_up(api()), signed_up(api())
    kept = signed_up(api(), "else@maitribe.example")[0]
    confirm(api(), *first)
    assert confirm(api(), *second).status_code == 400
    assert [str(row.id) for row in PendingRegistration.objects.all()] == [kept]


def test_an_address_that_got_an_account_meanwhile_is_not_taken_over(api):
    registration, code = signed_up(api())
    owner = UserFactory(email=EMAIL)
    reply = confirm(api(), registration, code)
    assert (reply.status_code, reply.json()["code"]) == (400, "code_wrong")
    assert list(User.objects.all()) == [owner]


@pytest.mark.django_db(transaction=True)
def test_of_parallel_confirmations_of_one_address_one_makes_the_account(api):
    asked = [signed_up(api()) for _ in range(4)]

    def use(pair: tuple[str, str]) -> bool:
        try:
            with transaction.atomic():
                made = registrations.confirm(
                    registration_id=UUID(pair[0]), code=pair[1], device=DEVICE, now=timezone.now()
                )
            return not isinstance(made, Invalid)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, asked)) == 1
    assert (User.objects.count(), DeviceSession.objects.count()) == (1, 1)


# What nobody learns.


def test_a_known_address_gets_the_same_answer_and_no_code(api):
    UserFactory(email=EMAIL)
    known, unknown = register(api()), register(api(), "unknown@maitribe.example")
    assert (known.status_code, set(known.json())) == (unknown.status_code, set(unknown.json()))
    assert not re.search(r"\d{6}", OutgoingMail.objects.get(to=EMAIL).body)


def test_the_id_of_a_registration_is_not_in_its_mail(api):
    registration, _ = signed_up(api())
    assert registration not in OutgoingMail.objects.get().body


def test_known_and_unknown_addresses_cost_the_same_queries(api):
    UserFactory(email="known@maitribe.example")
    asked, confirmed = [], []
    for email in ("known@maitribe.example", "unknown@maitribe.example"):
        with CaptureQueriesContext(connection) as queries:
            registration = register(api(), email).json()["registration_id"]
        asked.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            confirm(api(), registration, "000000")
        confirmed.append(len(queries))
    assert (asked[0], confirmed[0]) == (asked[1], confirmed[1])


# Addresses and passwords.


@pytest.mark.parametrize(
    ("email", "code"),
    [
        (f"{'a' * 60}@{'b.' * 120}example", "max_length"),
        ("a@m\u0131tribe.example", "email_not_plain"),
        ("a@\ufeffmaitribe.example", "email_not_plain"),
        ("\u212aate@maitribe.example", "email_not_plain"),
        ('"a\x01b"@maitribe.example', "email_not_plain"),
        ("nobody", "invalid"),
    ],
)
def test_an_address_that_is_none_is_refused(api, email, code):
    reply = register(api(), email)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert "email" in reply.json()["details"]


@pytest.mark.parametrize("email", [f"{'a' * 60}@{'b.' * 93}example", "a+b@xn--mtribe-q4a.example"])
def test_an_unusual_address_is_taken(api, email):
    assert register(api(), email).status_code == 202


@pytest.mark.parametrize("password", ["short", "password1234567890"[:12], "123456789012", "new@maitribe.example"])
def test_a_weak_password_is_refused(api, password):
    reply = register(api(), password=password)
    assert (reply.status_code, reply.json()["code"]) == (400, "password_weak")


@pytest.mark.parametrize("password", [" " * 12, "\u200b" * 12, "aaaaaaaaaaaa", "ab ab ab ab ab", "\u3000ab\u2003" * 4])
def test_a_password_of_few_visible_characters_is_refused(api, password):
    reply = register(api(), password=password)
    assert (reply.status_code, reply.json()["code"]) == (400, "password_monotonous")


@pytest.mark.parametrize(
    "password", ["abcde abcde", "ein schöner Tag", "\u65e5\u672c\u8a9e\u306e\u5408\u8a00\u8449 \u4e8c\u3064"]
)
def test_a_password_of_enough_visible_characters_is_taken(api, password):
    registration, code = signed_up(api(), password=password)
    assert confirm(api(), registration, code).status_code == 201
    assert User.objects.get().check_password(password)


def test_an_unknown_field_is_refused_by_name(api):
    reply = api().post("/api/auth/register", {"email": EMAIL, "password": PASSWORD, "admin": True})
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")
    assert "admin" in reply.json()["details"]
