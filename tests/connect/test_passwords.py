"""A password: changed by who knows it, replaced by who reads the mail, and nobody learns whether there is one."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.enums import Provider, SignalKind
from connect.models import (
    AuthIdentity,
    DeviceSession,
    OutgoingMail,
    PasswordReset,
    PendingRegistration,
    User,
    VerificationSignal,
)
from connect.services import passwords
from connect.services.codes import _hash
from safety.models import AuditLog
from tests.connect.test_registrations import other_than
from tests.factories import PASSWORD, DeviceSessionFactory, UserFactory

EMAIL, NEW = "ada@maitribe.example", "another long passphrase"


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory.with_password(email=EMAIL)


@pytest.fixture
def hashings(monkeypatch: Any) -> list[str]:
    """Every Argon2 computation while the test runs."""
    done: list[str] = []
    hasher = hashers.get_hasher()
    for name in ("encode", "verify"):
        real = getattr(type(hasher), name)

        def counted(self: Any, *args: Any, name: str = name, real: Any = real, **kwargs: Any) -> Any:
            done.append(name)
            return real(self, *args, **kwargs)

        monkeypatch.setattr(type(hasher), name, counted)
    return done


def change(client: Any, old: str = PASSWORD, new: str = NEW) -> Any:
    return client.post("/api/auth/password/change", {"old_password": old, "new_password": new})


def ask(client: Any, email: str = EMAIL) -> Any:
    return client.post("/api/auth/password/reset", {"email": email})


def confirm(client: Any, reset: str, code: str, new: str = NEW) -> Any:
    return client.post("/api/auth/password/reset/confirm", {"reset_id": reset, "code": code, "new_password": new})


def mailed_code(email: str = EMAIL) -> str:
    found = re.search(r"\b\d{6}\b", OutgoingMail.objects.filter(to=email).latest("id").body)
    assert found
    return found.group()


def asked(client: Any, email: str = EMAIL) -> tuple[str, str]:
    """The id that only the client which asked has, and the code that only the mailbox has."""
    return ask(client, email).json()["reset_id"], mailed_code(email)


def login(api: Any, password: str) -> int:
    return int(api().post("/api/auth/login", {"email": EMAIL, "password": password}).status_code)


# Changing.


def test_a_changed_password_is_the_one_to_sign_in_with(api, ada):
    assert change(api(ada)).status_code == 204
    assert (login(api, NEW), login(api, PASSWORD)) == (200, 401)


def test_a_wrong_old_password_changes_nothing(api, ada):
    reply = change(api(ada), old="not the old one")
    assert (reply.status_code, reply.json()["code"], login(api, PASSWORD)) == (400, "password_wrong", 200)


@pytest.mark.parametrize(("new", "code"), [("short", "password_weak"), ("ada@maitribe.example", "password_weak")])
def test_a_weak_new_password_changes_nothing(api, ada, new, code):
    reply = change(api(ada), new=new)
    assert (reply.status_code, reply.json()["code"], login(api, PASSWORD)) == (400, code, 200)


def test_changing_ends_every_other_session_and_not_this_one(api, ada):
    here, there, somebody = api(ada), api(ada), api(UserFactory())
    change(here)
    answers = [client.get("/api/auth/sessions").status_code for client in (here, there, somebody)]
    assert answers == [200, 401, 200]
    assert DeviceSession.objects.filter(revoked_reason="password_changed").count() == 1


def test_the_owner_is_told_of_a_changed_password(api, ada):
    change(api(ada))
    mail = OutgoingMail.objects.get(to=EMAIL)
    assert ("password" in mail.subject, NEW in mail.body) == (True, False)


def test_a_refused_change_tells_nobody_and_ends_nothing(api, ada):
    other = api(ada)
    change(api(ada), old="not the old one")
    assert (OutgoingMail.objects.exists(), other.get("/api/auth/sessions").status_code) == (False, 200)


def test_a_change_is_on_record(api, ada):
    change(api(ada))
    assert AuditLog.objects.get(action="password_changed").actor_id == ada.id


def test_an_account_without_a_password_is_sent_to_the_reset(api, db):
    user = UserFactory(email=EMAIL)
    user.set_unusable_password()
    user.save()
    reply = change(api(user))
    assert (reply.status_code, reply.json()["code"]) == (409, "password_not_set")


def test_a_restricted_person_may_change_it(api, ada):
    User.objects.filter(id=ada.id).update(status="restricted")
    assert change(api(ada)).status_code == 204


def test_guessing_the_old_password_with_a_session_is_stopped(api, ada, settings):
    settings.LIMITS = {**settings.LIMITS, "password": {"account": "2/day", "sensitive": True}}
    client = api(ada)
    assert [change(client, old="not the old one").status_code for _ in range(3)] == [400, 400, 429]


def test_a_change_ends_the_resets_that_were_asked_for(api, ada):
    reset = asked(api())
    change(api(ada))
    assert confirm(api(), *reset).status_code == 400


# Resetting.


def test_a_reset_sets_the_password(api, ada):
    assert confirm(api(), *asked(api())).status_code == 204
    assert (login(api, NEW), login(api, PASSWORD)) == (200, 401)


def test_a_reset_ends_every_session(api, ada):
    here, somebody = api(ada), api(UserFactory())
    confirm(api(), *asked(api()))
    assert [client.get("/api/auth/sessions").status_code for client in (here, somebody)] == [401, 200]


def test_the_owner_is_told_of_a_reset(api, ada):
    confirm(api(), *asked(api()))
    assert "password" in OutgoingMail.objects.filter(to=EMAIL).latest("id").subject
    assert OutgoingMail.objects.filter(to=EMAIL).count() == 2


def test_a_person_who_has_only_a_providers_word_gets_a_password(api, db):
    user = UserFactory(email=EMAIL)
    user.set_unusable_password()
    user.save()
    confirm(api(), *asked(api()))
    assert login(api, NEW) == 200
    assert AuthIdentity.objects.filter(user=user, provider=Provider.PASSWORD).exists()


def test_the_id_of_a_reset_is_not_in_its_mail(api, ada):
    reset, _ = asked(api())
    assert reset not in OutgoingMail.objects.get().body


def test_a_wrong_code_is_refused_and_counted(api, ada):
    reset, code = asked(api())
    reply = confirm(api(), reset, other_than(code))
    assert (reply.status_code, reply.json()["code"]) == (400, "code_wrong")
    assert (PasswordReset.objects.get().attempts, login(api, PASSWORD)) == (1, 200)


def test_the_right_code_after_too_many_wrong_ones_is_refused(api, ada):
    reset, code = asked(api())
    for _ in range(settings.CODE_ATTEMPTS):
        confirm(api(), reset, other_than(code))
    assert confirm(api(), reset, code).status_code == 400


def test_a_code_does_not_last(api, ada):
    reset = asked(api())
    PasswordReset.objects.update(expires_at=timezone.now())
    assert confirm(api(), *reset).status_code == 400


def test_a_code_is_good_once_and_ends_the_others(api, ada):
    first, second = asked(api()), asked(api())
    assert [confirm(api(), *reset).status_code for reset in (first, first, second)] == [204, 400, 400]


def test_the_code_of_another_reset_opens_nothing(api, ada):
    mine, theirs = asked(api()), asked(api())
    assert mine[1] == theirs[1] or confirm(api(), mine[0], theirs[1]).status_code == 400
    assert confirm(api(), *mine).status_code == 204


def test_a_code_of_a_registration_opens_no_reset(api, ada):
    reset, code = asked(api())
    PasswordReset.objects.update(code_hash=other_kind(reset, code))
    assert confirm(api(), reset, code).status_code == 400


def other_kind(reset: str, code: str) -> str:
    return _hash(PendingRegistration, UUID(reset), code)


def test_a_new_password_like_the_address_is_refused_and_the_code_stays_good(api, ada):
    reset = asked(api())
    reply = confirm(api(), *reset, new=EMAIL)
    assert (reply.status_code, reply.json()["code"]) == (400, "password_weak")
    assert confirm(api(), *reset).status_code == 204


def test_a_deleted_account_gets_none(api, ada):
    reset = asked(api())
    for status in ("deletion_pending", "deleted"):
        User.objects.filter(id=ada.id).update(status=status)
    assert confirm(api(), *reset).status_code == 400


@pytest.mark.parametrize("proved", [True, False])
def test_who_first_proves_the_address_removes_what_came_in_on_another_word(api, ada, now, proved):
    AuthIdentity.objects.create(user=ada, provider=Provider.GOOGLE, provider_subject="somebody")
    VerificationSignal.objects.create(user=ada, kind=SignalKind.PHONE, verified_at=now)
    User.objects.filter(id=ada.id).update(phone="+4915112345678")
    if proved:
        VerificationSignal.objects.create(user=ada, kind=SignalKind.EMAIL, verified_at=now)
    confirm(api(), *asked(api()))
    assert AuthIdentity.objects.filter(user=ada, provider=Provider.GOOGLE).exists() is proved
    kinds = set(VerificationSignal.objects.filter(user=ada).values_list("kind", flat=True))
    assert (kinds, User.objects.get().phone) == (
        ({"email", "phone"}, "+4915112345678") if proved else ({"email"}, None)
    )


@pytest.mark.django_db(transaction=True)
def test_of_parallel_confirmations_one_sets_the_password(api):
    UserFactory(email=EMAIL)
    resets = [asked(api()) for _ in range(4)]

    def use(reset: tuple[str, str]) -> bool:
        try:
            with transaction.atomic():
                refused = passwords.confirm(reset_id=UUID(reset[0]), code=reset[1], new=NEW, now=timezone.now())
            return refused is None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, resets)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_reset_at_once_end_in_one_of_both(api):
    ada = UserFactory.with_password(email=EMAIL)
    session, reset = DeviceSessionFactory(user=ada), asked(api())

    def change_it() -> None:
        with transaction.atomic():
            passwords.change(user_id=ada.id, session_id=session.id, old=PASSWORD, new=NEW, now=timezone.now())
        connections.close_all()

    def reset_it() -> None:
        with transaction.atomic():
            passwords.confirm(reset_id=UUID(reset[0]), code=reset[1], new=NEW, now=timezone.now())
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = [done.exception() for done in [pool.submit(change_it), pool.submit(reset_it)]]
    assert {type(outcome).__name__ for outcome in outcomes} <= {"NoneType", "Invalid"}
    assert User.objects.get().check_password(NEW)


# What nobody learns.


def test_an_unknown_address_gets_the_same_answer_and_no_code(api, ada):
    answers = [ask(api()), ask(api(), "no@one.example")]
    assert [(answer.status_code, set(answer.json())) for answer in answers] == [(202, {"ok", "reset_id"})] * 2
    assert not re.search(r"\d{6}", OutgoingMail.objects.get(to="no@one.example").body)


def test_fault_14_a_reset_costs_the_same_whether_the_account_exists(api, ada, hashings):
    asking, confirming, hashed = [], [], []
    for email in (EMAIL, "no@one.example"):
        hashings.clear()
        with CaptureQueriesContext(connection) as queries:
            reset = ask(api(), email).json()["reset_id"]
        asking.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            confirm(api(), reset, "000000")
        confirming.append(len(queries))
        hashed.append(list(hashings))
    assert (asking[0], confirming[0], hashed[0]) == (asking[1], confirming[1], hashed[1])


def test_fault_14_a_reset_that_does_not_exist_answers_and_costs_as_a_wrong_code(api, ada):
    reset, code = asked(api())
    answers, counts = [], []
    for named, given in ((reset, other_than(code)), (str(uuid4()), code)):
        with CaptureQueriesContext(connection) as queries:
            answers.append(confirm(api(), named, given).json() | {"request_id": ""})
        counts.append(len(queries))
    assert (answers[0], counts[0]) == (answers[1], counts[1])


def test_fault_14_a_sign_in_hashes_once_whether_the_account_exists(api, ada, hashings):
    api().post("/api/auth/login", {"email": "no@two.example", "password": "not the password"})
    hashings.clear()
    done = []
    for email in (EMAIL, "no@one.example"):
        with CaptureQueriesContext(connection) as queries:
            api().post("/api/auth/login", {"email": email, "password": "not the password"})
        done.append((list(hashings), len(queries)))
        hashings.clear()
    assert done[0] == done[1]
    assert "verify" in done[0][0]


def test_fault_14_an_account_without_a_password_costs_one_hashing_too(api, db, hashings):
    user = UserFactory(email=EMAIL)
    user.set_unusable_password()
    user.save()
    hashings.clear()
    assert login(api, PASSWORD) == 401
    assert len(hashings) == 1


def test_fault_14_a_sign_up_hashes_once_whether_the_account_exists(api, ada, hashings):
    done = []
    for email in (EMAIL, "no@one.example"):
        hashings.clear()
        api().post("/api/auth/register", {"email": email, "password": NEW})
        done.append(list(hashings))
    assert done == [["encode"], ["encode"]]


def test_one_mailbox_is_not_flooded(api, settings):
    settings.LIMITS = {**settings.LIMITS, "mailbox": {"account": "2/day", "sensitive": True}}
    assert [ask(api(), email).status_code for email in (EMAIL, EMAIL.upper(), EMAIL)] == [202, 202, 429]
    assert ask(api(), "else@maitribe.example").status_code == 202
