"""The one error shape, and the status of each refusal."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from psycopg_pool import PoolTimeout, TooManyRequests
from rest_framework import exceptions as drf
from rest_framework import serializers
from structlog.contextvars import bound_contextvars

from config import errors
from config.api.errors import STATUS, describe, handle
from config.api.serializers import CamelSerializer, StrictSerializer

KINDS = errors.DomainError.__subclasses__()


def make(kind):
    return kind(5) if kind is errors.TooFast else kind()


class Line(StrictSerializer):
    amount = serializers.IntegerField(min_value=1)


class Order(StrictSerializer):
    name = serializers.CharField()
    lines = Line(many=True, required=False)
    seen = serializers.CharField(read_only=True)

    def validate_name(self, name):
        if name == "young":
            raise serializers.ValidationError("Too young.", code="age_under_18")
        return name


class Spoken(CamelSerializer):
    min_age = serializers.IntegerField()


def refused(data, serializer=Order):
    with pytest.raises(drf.ValidationError) as raised:
        serializer(data=data).is_valid(raise_exception=True)
    return describe(raised.value)


def violation(sqlstate):
    cause = type("Cause", (Exception,), {"sqlstate": sqlstate})()
    exc = IntegrityError("no")
    exc.__cause__ = cause
    return exc


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_domain_error_has_a_status(kind):
    assert describe(make(kind)).status == STATUS[kind]


@pytest.mark.parametrize(
    "kind, status, code",
    [
        (errors.Invalid, 400, "invalid"),
        (errors.NotSignedIn, 401, "not_authenticated"),
        (errors.Forbidden, 403, "forbidden"),
        (errors.ConsentMissing, 403, "consent_missing"),
        (errors.NotYours, 404, "not_found"),
        (errors.WrongState, 409, "wrong_state"),
        (errors.CapacityReached, 409, "capacity_reached"),
        (errors.KeyReused, 422, "idempotency_mismatch"),
        (errors.TooFast, 429, "rate_limited"),
        (errors.Unavailable, 503, "unavailable"),
    ],
)
def test_a_refusal_speaks_the_words_of_the_api(kind, status, code):
    problem = describe(make(kind))
    assert (problem.status, problem.code) == (status, code)


def test_a_kind_of_a_known_refusal_has_its_status():
    class TooLate(errors.WrongState):
        code = "too_late"

    assert (describe(TooLate()).status, describe(TooLate()).code) == (409, "too_late")


def test_a_refusal_may_name_its_own_code_and_details():
    problem = describe(errors.WrongState("No.", code="gone", since=1))
    assert (problem.code, problem.message, problem.details) == ("gone", "No.", {"since": 1})


@pytest.mark.parametrize(
    "exc, status, code",
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "forbidden"),
        (drf.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (drf.ParseError(), 400, "parse_error"),
        (OperationalError("gone"), 503, "unavailable"),
        (PoolTimeout("none"), 503, "unavailable"),
        (TooManyRequests("many"), 503, "unavailable"),
        (violation("23505"), 409, "conflict"),
        (violation("23503"), 409, "conflict"),
        (violation("23514"), 409, "wrong_state"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_libraries_raise_is_told_in_the_same_words(exc, status, code):
    problem = describe(exc)
    assert (problem.status, problem.code) == (status, code)


@pytest.mark.parametrize("exc", [ValueError("x"), KeyError("x"), DataError("x")], ids=lambda e: type(e).__name__)
def test_a_fault_of_ours_is_no_refusal(exc):
    assert (describe(exc), handle(exc, {})) == (None, None)


def test_what_the_database_says_stays_inside():
    assert "secret_constraint" not in str(describe(IntegrityError("violates secret_constraint")).body())


def test_the_body_has_the_one_shape():
    with bound_contextvars(request_id="r-1"):
        body = describe(errors.WrongState("No.")).body()
    assert body == {"code": "wrong_state", "message": "No.", "details": {}, "request_id": "r-1"}


def test_too_fast_says_when_to_come_back():
    assert handle(errors.TooFast(9), {}).headers["Retry-After"] == "9"


def test_not_signed_in_says_how():
    assert handle(errors.NotSignedIn(), {}).headers["WWW-Authenticate"] == "Bearer"


def test_other_refusals_have_neither_header():
    headers = handle(errors.WrongState(), {}).headers
    assert not {"Retry-After", "WWW-Authenticate"} & set(headers)


def test_an_unknown_field_is_refused_by_name():
    problem = refused({"name": "a", "colour": 1})
    assert (problem.status, problem.code, list(problem.details)) == (400, "unknown_field", ["colour"])


def test_a_read_only_field_is_unknown_as_input():
    assert list(refused({"name": "a", "seen": "x"}).details) == ["seen"]


def test_known_fields_pass():
    assert Order(data={"name": "a"}).is_valid()


def test_a_missing_field_is_invalid_and_named():
    problem = refused({})
    assert (problem.code, list(problem.details)) == ("invalid", ["name"])


def test_the_message_names_the_field():
    assert refused({}).message.startswith("name: ")


def test_a_code_of_its_own_becomes_the_answers():
    assert refused({"name": "young"}).code == "age_under_18"


def test_two_codes_of_their_own_are_invalid_together():
    problem = refused({"name": "young", "lines": [{"amount": 0}]})
    assert (problem.code, set(problem.details)) == ("invalid", {"name", "lines.0.amount"})


def test_a_nested_field_is_named_by_its_path():
    assert list(refused({"name": "a", "lines": [{"amount": 1}, {"amount": 0}]}).details) == ["lines.1.amount"]


@pytest.mark.parametrize("data", [[], "text", 5, None])
def test_input_that_is_no_object_is_refused(data):
    assert refused(data).status == 400


def test_camel_case_is_spoken_in_requests():
    spoken = Spoken(data={"minAge": 20})
    assert (spoken.is_valid(), spoken.validated_data) == (True, {"min_age": 20})


def test_camel_case_is_spoken_in_refusals():
    assert list(refused({"minAge": "x"}, Spoken).details) == ["minAge"]


def test_snake_case_is_unknown_where_camel_case_is_spoken():
    assert list(refused({"min_age": 20}, Spoken).details) == ["min_age"]


def test_camel_case_is_spoken_in_replies():
    assert Spoken({"min_age": 20}).data == {"minAge": 20}
