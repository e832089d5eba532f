"""The same request twice has one effect and one reply (fault 5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from connect.models import ValueScore
from safety.models import IdempotencyKey
from tests.safety.calls import signed_in
from tests.safety.endpoints import Notes
from tests.safety.rows import live_session, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.safety.endpoints")]
TWINS = 50


@pytest.fixture
def user(db):
    return person()


@pytest.fixture
def client(user):
    return signed_in(user)


@pytest.fixture(autouse=True)
def calls():
    Notes.calls.clear()
    return Notes.calls


def send(client, body=None, key="key-1", url="/notes"):
    return client.post(url, body or {}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def rows():
    return ValueScore.objects.count()


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect_and_equal_replies(user):
    session, together = live_session(user), Barrier(TWINS, timeout=30)

    def call(_):
        client = signed_in(user, session)
        try:
            together.wait()
            response = send(client)
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(TWINS) as threads:
        replies = list(threads.map(call, range(TWINS)))
    assert (rows(), len(set(replies)), replies[0][0]) == (1, 1, 201)


def test_the_reply_is_given_again_without_the_work(client, calls):
    first, second = send(client), send(client)
    assert (first.status_code, first.content, len(calls)) == (second.status_code, second.content, 1)


def test_another_key_is_another_request(client):
    send(client, key="key-1"), send(client, key="key-2")
    assert rows() == 2


def test_without_a_key_each_call_counts(client):
    for _ in range(2):
        client.post("/notes", {}, format="json")
    assert (rows(), IdempotencyKey.objects.count()) == (2, 0)


def test_the_same_key_of_another_person_is_another_key(client):
    send(client), send(signed_in(person()))
    assert rows() == 2


@pytest.mark.parametrize("url, body", [("/notes", {"more": 1}), ("/open", {})])
def test_the_same_key_for_another_request_is_refused(client, url, body):
    send(client)
    response = send(client, body, url=url)
    assert (response.status_code, response.json()["code"], rows()) == (422, "idempotency_mismatch", 1)


def test_white_space_and_the_order_of_keys_make_no_other_request(client):
    bodies = ['{"a": 1, "b": 2}', '{"b":2,"a":1}']
    for body in bodies:
        response = client.post("/notes", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")
        assert response.status_code == 201
    assert rows() == 1


def test_a_refusal_is_kept_and_given_again(client, calls):
    first, second = send(client, {"mode": "refuse"}), send(client, {"mode": "refuse"})
    assert (first.status_code, second.status_code, len(calls)) == (409, 409, 1)


def test_a_kept_refusal_is_the_same_reply(client):
    first, second = send(client, {"mode": "refuse"}), send(client, {"mode": "refuse"})
    assert first.json() == second.json()


@pytest.mark.parametrize("mode", ["fault", "exhausted", "return_unavailable", "too_fast"])
def test_a_5xx_and_a_call_that_came_too_fast_keep_nothing(client, calls, mode):
    send(client, {"mode": mode}), send(client, {"mode": mode})
    assert (IdempotencyKey.objects.count(), len(calls)) == (0, 2)


def test_a_key_that_failed_is_free_for_the_request_that_works(client):
    send(client, {"mode": "fault"})
    assert send(client, {"mode": "ok"}).status_code == 201


def test_an_expired_key_is_free_again(client):
    send(client)
    IdempotencyKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert (send(client, {"more": 1}).status_code, rows()) == (201, 2)


def test_a_key_lasts_a_day(client):
    send(client)
    left = IdempotencyKey.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)


def test_the_stored_hash_does_not_give_the_request_away(client):
    send(client, {"more": "secret words"})
    kept = IdempotencyKey.objects.get()
    assert ("secret" not in str(kept.__dict__), len(kept.request_hash)) == (True, 64)


# A repeated request and the limits.


@pytest.fixture
def two_a_day(settings):
    settings.LIMITS = {**settings.LIMITS, "write": {"account": "2/day", "address": "100/day", "sensitive": False}}


def test_the_stored_reply_counts_for_nothing(client, two_a_day):
    first = send(client)
    again = [send(client) for _ in range(5)]
    assert {(reply.status_code, reply.content) for reply in again} == {(201, first.content)}
    assert [send(client, key=f"new-{n}").status_code for n in range(2)] == [201, 429]


def test_the_stored_reply_is_given_when_nothing_new_would_be(client, two_a_day):
    first = send(client)
    send(client, key="key-2")
    assert [send(client, key="key-3").status_code, send(client, key=None).status_code] == [429, 429]
    again = send(client)
    assert (again.status_code, again.content, rows()) == (201, first.content, 2)


def test_beyond_the_limit_a_key_still_stands_for_its_request_alone(client, two_a_day):
    send(client)
    send(client, key="key-2")
    assert send(client, {"mode": "refuse"}).status_code == 422


def test_beyond_the_limit_a_key_is_still_its_owners(client, two_a_day):
    send(client)
    other = signed_in(person())
    send(other, key="key-2")
    send(other, key="key-3")
    assert (send(other).status_code, send(client).status_code) == (429, 201)


def test_beyond_the_limit_a_reply_is_given_to_who_may_still_come_in(client, user, two_a_day):
    send(client)
    send(client, key="key-2")
    user.sessions.update(revoked_at=timezone.now())
    assert send(client).status_code == 401


def test_a_refusal_of_the_limit_says_when_to_come_back(client, two_a_day):
    for number in range(2):
        send(client, key=f"key-{number}")
    refused = send(client, key="key-9")
    assert (refused.status_code, int(refused["Retry-After"]) >= 1) == (429, True)


def test_asking_for_stored_replies_is_counted_as_reading(client, two_a_day, settings):
    settings.LIMITS["read"] = {"account": "3/day", "address": "100/day", "sensitive": False}
    for number in range(2):
        send(client, key=f"key-{number}")
    assert [send(client, key="key-0").status_code for _ in range(4)] == [201, 201, 201, 429]


def test_a_key_that_is_over_stands_for_nothing_beyond_the_limit(client, two_a_day):
    send(client)
    send(client, key="key-2")
    IdempotencyKey.objects.update(expires_at=timezone.now())
    assert send(client).status_code == 429


def upload(client, content):
    file = SimpleUploadedFile("me.jpg", content)
    body = encode_multipart(BOUNDARY, {"file": file})
    return client.generic("POST", "/files", body, MULTIPART_CONTENT, HTTP_IDEMPOTENCY_KEY="key-1")


def test_a_file_sent_again_is_the_same_request(client):
    first, again = upload(client, b"a picture"), upload(client, b"a picture")
    assert (first.status_code, first.json()["size"], again.json()) == (201, 9, first.json())


def test_another_file_of_the_same_name_is_another_request(client):
    assert [upload(client, content).status_code for content in (b"a picture", b"another")] == [201, 422]
