"""Endpoint: who comes in, what a refusal keeps and undoes, and the one error shape."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone
from psycopg_pool import PoolTimeout
from rest_framework.test import APIClient

from connect.models import User, ValueScore
from safety.models import IdempotencyKey
from tests.safety.calls import address, signed_in
from tests.safety.rows import live_session, person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.safety.endpoints")]
SHAPE = {"code", "message", "details", "request_id"}


@pytest.fixture
def user(db):
    return person()


@pytest.fixture
def client(user):
    return signed_in(user)


@pytest.fixture
def nobody():
    return APIClient(raise_request_exception=False, REMOTE_ADDR=address())


def answer(response):
    body = response.json()
    assert set(body) == SHAPE
    return response.status_code, body["code"]


def send(client, mode, **headers):
    return client.post("/notes", {"mode": mode}, format="json", **headers)


def rows():
    return ValueScore.objects.count()


def test_a_call_does_its_work(client):
    assert (send(client, "ok").status_code, rows()) == (201, 1)


def test_the_handler_sees_the_callers_rows_alone(client):
    ValueScore.objects.create(user=person(), value_key="honesty", score=1)
    assert client.get("/notes").json() == {"count": 0}


def test_an_unknown_route_is_not_found(client):
    assert answer(client.get("/nowhere")) == (404, "not_found")


def test_a_method_that_is_not_there_is_refused(client):
    assert answer(client.delete("/notes")) == (405, "method_not_allowed")


def test_json_that_does_not_parse_is_refused(client):
    assert answer(client.post("/notes", "{", content_type="application/json")) == (400, "malformed_json")


def test_another_media_type_is_refused(client):
    assert answer(client.post("/notes", "a=1", content_type="text/plain")) == (415, "unsupported_media_type")


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer", "Bearer ", "Bearer x.y.z"])
def test_without_a_good_token_nobody_comes_in(nobody, header):
    if header:
        nobody.credentials(HTTP_AUTHORIZATION=header)
    assert answer(send(nobody, "ok"))[0] == 401


def test_a_refused_caller_is_told_the_scheme(nobody):
    assert send(nobody, "ok").headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_session_does_not_come_in(user):
    client = signed_in(user, live_session(user, revoked_at=timezone.now()))
    assert answer(send(client, "ok")) == (401, "session_ended")


def test_an_expired_session_does_not_come_in(user):
    client = signed_in(user, live_session(user, expires_at=timezone.now() - timedelta(seconds=1)))
    assert answer(send(client, "ok")) == (401, "session_ended")


def test_a_session_of_somebody_else_does_not_come_in(user):
    assert answer(send(signed_in(user, live_session(person())), "ok")) == (401, "session_ended")


def test_a_restricted_account_is_kept_out(client, user):
    User.objects.filter(pk=user.pk).update(status="restricted")
    assert answer(send(client, "ok")) == (403, "account_restricted")


def test_a_restricted_account_comes_in_where_it_may(client, user):
    User.objects.filter(pk=user.pk).update(status="restricted")
    assert client.post("/open", {}, format="json").status_code == 201


def test_a_public_endpoint_asks_for_nothing(nobody):
    assert answer(nobody.get("/public")) == (400, "never")


def test_a_raised_refusal_undoes_what_was_written(client):
    assert (answer(send(client, "refuse")), rows()) == ((409, "wrong_state"), 0)


def test_a_refusal_carries_its_message_and_details(client):
    body = send(client, "refuse").json()
    assert (body["message"], body["details"]) == ("Not now.", {"since": "yesterday"})


def test_a_returned_refusal_keeps_what_was_written(client):
    assert (answer(send(client, "return_refusal")), rows()) == ((409, "wrong_state"), 1)


def test_a_refusal_names_its_request(client):
    assert send(client, "refuse").json()["request_id"]


def test_too_fast_says_how_long_to_wait(client):
    response = send(client, "too_fast")
    assert (answer(response), response.headers["Retry-After"]) == ((429, "rate_limited"), "7")


@pytest.mark.django_db(transaction=True)
def test_a_constraint_that_fails_at_commit_is_answered_and_undone(client):
    assert (answer(send(client, "fail_at_commit")), rows()) == ((409, "conflict"), 0)


def test_under_a_key_a_constraint_fails_before_the_commit_that_keeps_the_answer(client):
    assert (answer(send(client, "fail_at_commit", HTTP_IDEMPOTENCY_KEY="one")), rows()) == ((409, "conflict"), 0)


def test_a_fault_of_ours_is_a_500_in_shape_and_undone(client):
    assert (answer(send(client, "fault")), rows()) == ((500, "server_error"), 0)


def test_a_fault_does_not_say_what_happened(client):
    assert b"a fault of ours" not in send(client, "fault").content


def test_an_exhausted_pool_inside_the_handler_is_503(client):
    assert (answer(send(client, "exhausted")), rows()) == ((503, "unavailable"), 0)


@pytest.mark.django_db(transaction=True)
def test_an_exhausted_pool_before_the_handler_is_503(client):
    connection.close()
    with patch.object(connection, "get_new_connection", side_effect=PoolTimeout("none in 5 s")):
        response = send(client, "ok")
    assert (answer(response), rows()) == ((503, "unavailable"), 0)


def test_a_key_of_128_characters_is_taken(client):
    assert send(client, "ok", HTTP_IDEMPOTENCY_KEY="k" * 128).status_code == 201


def test_a_longer_key_is_refused(client):
    response = send(client, "ok", HTTP_IDEMPOTENCY_KEY="k" * 129)
    assert (answer(response), rows()) == ((400, "idempotency_key_too_long"), 0)


def test_a_key_means_nothing_where_none_is_taken(client):
    for _ in range(2):
        client.post("/plain", {}, format="json", HTTP_IDEMPOTENCY_KEY="k")
    assert (rows(), IdempotencyKey.objects.count()) == (2, 0)


def test_a_limit_refuses_before_the_work(client, settings):
    settings.LIMITS = {**settings.LIMITS, "write": {"account": "1/day", "sensitive": False}}
    first, second = send(client, "ok"), send(client, "ok")
    assert (first.status_code, answer(second), rows()) == (201, (429, "rate_limited"), 1)
