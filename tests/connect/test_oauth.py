"""Signing in by a provider's word: whose account it opens, makes, or leaves alone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from constance import config
from django.db import connections, transaction
from django.utils import timezone

from connect.enums import Provider, SignalKind
from connect.id_tokens import Claims
from connect.models import AuthIdentity, DeviceSession, OutgoingMail, User, VerificationSignal
from connect.services import oauth
from connect.services.sessions import Device
from tests.connect.test_id_tokens import ISSUER, keys, token
from tests.factories import UserFactory

__all__ = ["keys"]
EMAIL = "ada@gmail.com"
DEVICE = Device("phone", "127.0.0.1", "test")


def sign_in(client: Any, provider: str = "google", **changes: Any) -> Any:
    body = {"id_token": token(**changes), "device_label": "phone", "timezone": "Europe/Berlin"}
    return client.post(f"/api/auth/oauth/{provider}", body)


def signals() -> set[str]:
    return set(VerificationSignal.objects.values_list("kind", flat=True))


def owner(proved: bool = True) -> User:
    user = UserFactory.with_password(email=EMAIL)
    if proved:
        VerificationSignal.objects.create(user=user, kind=SignalKind.EMAIL, verified_at=timezone.now())
    return user


# The account.


def test_the_first_time_makes_an_account_without_a_password(api, db, keys):
    reply = sign_in(api())
    user = User.objects.get()
    assert (reply.status_code, reply.json()["user_id"]) == (200, str(user.id))
    assert (user.email, user.has_usable_password(), user.timezone) == (EMAIL, False, "Europe/Berlin")


def test_the_reply_signs_in(api, db, keys):
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {sign_in(client).json()['access']}")
    listed = client.get("/api/auth/sessions").json()["results"]
    assert [entry["device_label"] for entry in listed] == ["phone"]


def test_the_second_time_opens_the_same_account(api, db, keys):
    assert len({sign_in(api()).json()["user_id"] for _ in range(2)}) == 1
    assert (User.objects.count(), AuthIdentity.objects.count(), DeviceSession.objects.count()) == (1, 1, 2)


def test_an_account_is_known_by_its_subject_whatever_the_address_says(api, db, keys):
    first = sign_in(api()).json()["user_id"]
    UserFactory(email="moved@gmail.com")
    later = [sign_in(api(), email="moved@gmail.com"), sign_in(api(), email=None), sign_in(api(), email_verified=False)]
    assert [reply.json()["user_id"] for reply in later] == [first] * 3


def test_the_same_subject_at_another_provider_is_another_person(api, db, keys):
    sign_in(api())
    sign_in(api(), "apple", iss="https://appleid.apple.com", email="ada@icloud.com")
    assert User.objects.count() == 2


@pytest.mark.parametrize("path, issuer", [("apple", ISSUER), ("google", "https://appleid.apple.com")])
def test_a_token_of_one_provider_is_none_of_another(api, db, keys, path, issuer):
    reply = sign_in(api(), path, iss=issuer)
    assert (reply.status_code, reply.json()["code"], User.objects.exists()) == (401, "id_token_invalid", False)


def test_what_was_proved_is_a_signal(api, db, keys):
    sign_in(api())
    assert signals() == {"oauth", "email"}


def test_an_address_the_provider_is_not_certain_of_is_not_proved(api, db, keys):
    assert sign_in(api(), email="ada@maitribe.example").status_code == 200
    assert signals() == {"oauth"}


@pytest.mark.parametrize("changes", [{"email": None}, {"email_verified": False}])
def test_without_an_address_there_is_no_account(api, db, keys, changes):
    reply = sign_in(api(), **changes)
    assert (reply.status_code, reply.json()["code"], User.objects.exists()) == (400, "email_not_verified", False)


def test_a_deleted_account_stays_closed(api, db, keys):
    sign_in(api())
    for status in ("deletion_pending", "deleted"):
        User.objects.update(status=status)
    reply = sign_in(api())
    assert (reply.status_code, reply.json()["code"]) == (401, "account_deleted")


@pytest.mark.parametrize("status", ["restricted", "deletion_pending"])
def test_a_restricted_account_opens(api, db, keys, status):
    sign_in(api())
    User.objects.update(status=status)
    assert sign_in(api()).status_code == 200


# An address that has an account.


def test_an_account_whose_address_both_sides_proved_is_linked(api, db, keys):
    user = owner()
    assert sign_in(api()).json()["user_id"] == str(user.id)
    assert AuthIdentity.objects.get(provider=Provider.GOOGLE).user_id == user.id


def test_the_owner_is_told_of_a_link(api, db, keys):
    owner()
    sign_in(api())
    assert "Google" in OutgoingMail.objects.get(to=EMAIL).body


def test_a_linked_account_keeps_its_password(api, db, keys):
    user = owner()
    sign_in(api())
    before, user = user.password, User.objects.get()
    assert user.password == before


def test_an_account_whose_address_was_never_proved_is_left_alone(api, db, keys):
    owner(proved=False)
    reply = sign_in(api())
    assert (reply.status_code, reply.json()["code"]) == (409, "email_in_use")
    assert (AuthIdentity.objects.exists(), DeviceSession.objects.exists()) == (False, False)


def test_a_provider_that_is_not_certain_opens_no_account(api, db, keys):
    user = owner()
    User.objects.filter(id=user.id).update(email="ada@maitribe.example")
    reply = sign_in(api(), email="ada@maitribe.example")
    assert (reply.status_code, reply.json()["code"], DeviceSession.objects.exists()) == (409, "email_in_use", False)


def test_an_address_that_is_not_verified_opens_no_account(api, db, keys):
    owner()
    assert sign_in(api(), email_verified=False).status_code == 400
    assert DeviceSession.objects.exists() is False


# Schools only.


@pytest.mark.parametrize(("email", "status"), [("ada@tech.edu", 200), ("ada@gmail.com", 400)])
def test_with_schools_only_a_first_sign_in_needs_one(api, db, keys, email, status):
    config.allow_non_edu_emails = False
    assert sign_in(api(), email=email).status_code == status
    assert User.objects.exists() is (status == 200)


def test_with_schools_only_whoever_is_known_comes_in(api, db, keys):
    sign_in(api())
    config.allow_non_edu_emails = False
    assert sign_in(api()).status_code == 200


# Refusals over HTTP.


def test_a_provider_that_is_off_answers_so(api, db, keys, settings):
    settings.OAUTH["google"]["audiences"] = []
    reply = sign_in(api())
    assert (reply.status_code, reply.json()["code"]) == (404, "provider_off")


def test_a_key_set_that_is_away_is_no_fault_of_ours(api, db, keys):
    keys.status = 500
    reply = sign_in(api())
    assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")


def test_a_time_zone_that_is_none_is_refused(api, db, keys):
    reply = api().post("/api/auth/oauth/google", {"id_token": token(), "timezone": "Mars/Base"})
    assert (reply.status_code, reply.json()["code"], User.objects.exists()) == (400, "unknown_timezone", False)


def test_a_token_goes_with_its_nonce(api, db, keys):
    body = {"id_token": token(nonce="mine")}
    replies = [api().post("/api/auth/oauth/google", body | {"nonce": nonce}) for nonce in ("theirs", "mine")]
    assert [reply.status_code for reply in replies] == [401, 200]


# At once.


@pytest.mark.django_db(transaction=True)
def test_of_parallel_first_sign_ins_one_makes_the_account(now):
    claims = Claims(Provider.GOOGLE, "1", EMAIL, is_certain=True)

    def use(_: int) -> Any:
        try:
            with transaction.atomic():
                return oauth.sign_in(claims=claims, timezone="UTC", device=DEVICE, now=now).session.user_id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(use, range(4)))) == 1
    assert (User.objects.count(), AuthIdentity.objects.count(), DeviceSession.objects.count()) == (1, 1, 4)
