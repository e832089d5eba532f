"""A phone number: proved by its code, one person's alone, and nobody's to find out."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.errors import Invalid
from connect.models import OutgoingSms, PhoneVerification, User, VerificationSignal
from connect.services import codes, phones
from safety.models import AuditLog
from tests.connect.overlap import overlap
from tests.connect.test_registrations import other_than
from tests.factories import UserFactory

PHONE, ELSE = "+4915112345678", "+4915187654321"


@pytest.fixture
def user(db: None) -> User:
    return UserFactory()


def start(client: Any, phone: str = PHONE) -> Any:
    return client.post("/api/auth/phone/start", {"phone": phone})


def sent_code(phone: str = PHONE) -> str:
    found = re.search(r"\b\d{6}\b", OutgoingSms.objects.filter(to=phone).latest("id").body)
    assert found
    return found.group()


def started(client: Any, phone: str = PHONE) -> tuple[str, str]:
    """The id that only the client which asked has, and the code that only the phone has."""
    return start(client, phone).json()["verification_id"], sent_code(phone)


def verify(client: Any, verification: str, code: str) -> Any:
    return client.post("/api/auth/phone/verify", {"verification_id": verification, "code": code})


# One person.


def test_a_number_is_the_persons_once_its_code_came_back(api, user):
    client = api(user)
    reply = verify(client, *started(client))
    user.refresh_from_db()
    assert (reply.status_code, reply.json(), user.phone) == (200, {"ok": True, "phone": PHONE}, PHONE)


def test_a_proved_number_is_a_signal(api, user, now):
    client = api(user)
    verify(client, *started(client))
    signal = VerificationSignal.objects.get(user=user)
    assert (signal.kind, signal.verified_at >= now) == ("phone", True)


def test_a_proof_stands_in_the_audit_without_the_number(api, user):
    client = api(user)
    verify(client, *started(client))
    entry = AuditLog.objects.get(action="phone_verified")
    assert (entry.actor_id, PHONE in str(entry.data)) == (user.id, False)


def test_a_number_is_nobodys_before_the_code(api, user):
    assert start(api(user)).status_code == 202
    user.refresh_from_db()
    assert (user.phone, VerificationSignal.objects.exists()) == (None, False)


def test_the_code_is_not_in_the_answer_and_not_in_the_table(api, user):
    reply = start(api(user))
    assert set(reply.json()) == {"ok", "verification_id"}
    assert sent_code() not in PhoneVerification.objects.get().code_hash


def test_another_number_takes_the_place_of_the_first(api, user):
    client = api(user)
    verify(client, *started(client))
    verify(client, *started(client, ELSE))
    user.refresh_from_db()
    assert (user.phone, VerificationSignal.objects.count()) == (ELSE, 1)


def test_the_same_number_can_be_proved_again(api, user):
    client = api(user)
    assert [verify(client, *started(client)).status_code for _ in range(2)] == [200, 200]


def test_a_code_is_good_once(api, user):
    client = api(user)
    proof = started(client)
    assert [verify(client, *proof).status_code for _ in range(2)] == [200, 400]


def test_a_wrong_code_is_refused_and_counted(api, user):
    client = api(user)
    verification, code = started(client)
    reply = verify(client, verification, other_than(code))
    assert (reply.status_code, reply.json()["code"]) == (400, "code_wrong")
    assert PhoneVerification.objects.get().attempts == 1


def test_the_right_code_after_too_many_wrong_ones_is_refused(api, user):
    client = api(user)
    verification, code = started(client)
    for _ in range(settings.CODE_ATTEMPTS):
        verify(client, verification, other_than(code))
    assert verify(client, verification, code).status_code == 400


def test_a_code_does_not_last(api, user):
    client = api(user)
    proof = started(client)
    PhoneVerification.objects.update(expires_at=timezone.now())
    assert verify(client, *proof).status_code == 400


@pytest.mark.parametrize("phone", ["15112345678", "+0151123456", "+49", "+49151123456789012", "+49151 1234567", ""])
def test_what_is_no_number_is_refused(api, user, phone):
    reply = start(api(user), phone)
    assert (reply.status_code, "phone" in reply.json()["details"]) == (400, True)


@pytest.mark.parametrize("call", [start, lambda c: verify(c, str(uuid4()), "123456")])
def test_nobody_proves_nothing(api, call):
    assert call(api()).status_code == 401


# Several people.


def test_the_code_of_somebody_elses_verification_opens_nothing(api, user):
    proof = started(api(UserFactory()))
    assert verify(api(user), *proof).status_code == 400
    assert PhoneVerification.objects.get().attempts == 0


def test_a_number_that_is_another_persons_gets_the_same_answer_and_no_code(api, user):
    UserFactory(phone=PHONE)
    taken, free = start(api(user)), start(api(user), ELSE)
    assert (taken.status_code, set(taken.json())) == (free.status_code, set(free.json()))
    assert not re.search(r"\d{6}", OutgoingSms.objects.get(to=PHONE).body)


def test_a_taken_number_costs_the_same_queries(api, user):
    UserFactory(phone=PHONE)
    client, asked, confirmed = api(user), [], []
    for phone in (PHONE, ELSE):
        with CaptureQueriesContext(connection) as queries:
            verification = start(client, phone).json()["verification_id"]
        asked.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            verify(client, verification, "000000")
        confirmed.append(len(queries))
    assert (asked[0], confirmed[0]) == (asked[1], confirmed[1])


def test_a_verification_that_does_not_exist_answers_and_costs_as_a_wrong_code(api, user):
    client = api(user)
    verification, code = started(client)
    answers, counts = [], []
    for asked, given in ((verification, other_than(code)), (str(uuid4()), code)):
        with CaptureQueriesContext(connection) as queries:
            answers.append(verify(client, asked, given).json() | {"request_id": ""})
        counts.append(len(queries))
    assert (answers[0], counts[0]) == (answers[1], counts[1])


def test_a_number_that_became_another_persons_meanwhile_answers_as_a_wrong_code(api, user):
    client = api(user)
    proof = started(client)
    UserFactory(phone=PHONE)
    reply = verify(client, *proof)
    user.refresh_from_db()
    assert (reply.status_code, reply.json()["code"], user.phone) == (400, "code_wrong", None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_prove_one_number_at_once_one_gets_it(now):
    people, proofs = [UserFactory(), UserFactory()], []
    for person in people:
        with transaction.atomic():
            started = phones.start(user_id=person.id, phone=PHONE, now=now)
        proofs.append((started, sent_code()))
    results: list[Any] = []

    def prove(number: int) -> None:
        verification, code = proofs[number]
        results.append(phones.verify(verification_id=verification, user_id=people[number].id, code=code, now=now))

    overlap(lambda: prove(0), lambda: prove(1))
    assert {type(result) for result in results} == {str, Invalid}
    assert User.objects.filter(phone=PHONE).count() == 1


# How often.


def test_one_number_is_not_flooded_by_many(api, settings):
    settings.LIMITS = {**settings.LIMITS, "phone": {"account": "2/day", "sensitive": True}}
    assert [start(api(UserFactory())).status_code for _ in range(3)] == [202, 202, 429]
    assert start(api(UserFactory()), ELSE).status_code == 202


def test_one_person_does_not_flood_many_numbers(api, user, settings):
    settings.LIMITS = {**settings.LIMITS, "sms": {"account": "2/day", "sensitive": True}}
    sent = [start(api(user), f"+491511234567{n}").status_code for n in range(3)]
    assert (sent, start(api(UserFactory())).status_code) == ([202, 202, 429], 202)


def test_one_place_does_not_flood_many_numbers(api, settings):
    settings.LIMITS = {**settings.LIMITS, "sms": {"address": "2/day", "sensitive": True}}
    assert [start(api(UserFactory()), f"+491511234567{n}").status_code for n in range(3)] == [202, 202, 429]


def test_old_verifications_are_forgotten(api, user):
    start(api(user))
    with transaction.atomic():
        early = codes.clear_expired(now=timezone.now())
        late = codes.clear_expired(now=timezone.now() + settings.PHONE_CODE_LIFETIME + timedelta(seconds=1))
    assert (early, late) == (0, 1)
