"""Endpoint: what a call may bring along, by what its view declares, and the methods it may use."""

import pytest
from django.urls import get_resolver, path
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.response import Response

from config.api.pagination import Cursor
from config.api.serializers import StrictSerializer
from safety.api import Endpoint, operation
from tests.safety.calls import signed_in
from tests.safety.rows import person

handler404 = "config.api.errors.not_found"
handler500 = "config.api.errors.server_error"

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.safety.test_endpoint_input")]
SHAPE = {"code", "message", "details", "request_id"}


class Said(StrictSerializer):
    text = serializers.CharField()


class Asked(StrictSerializer):
    speaks_json = False
    after = serializers.IntegerField(default=0)


class Declared(Endpoint):
    """Takes a query on GET and a body on POST, nothing on DELETE."""

    @operation("ask", parameters=[Asked, OpenApiParameter("loud")], responses={200: Said})
    def get(self, request):
        return Response(dict(request.query_params.items()))

    @operation("say", request=Said, responses={200: Said})
    def post(self, request):
        return Response(request.data)

    @operation("do", request=None, responses={200: Said})
    def put(self, request):
        return Response({"text": "done"})

    @operation("undo", responses={200: Said})
    def delete(self, request):
        return Response({"text": "gone"})


class Listed(Endpoint):
    pagination_class = Cursor

    @operation("list", responses={200: Said(many=True)})
    def get(self, request):
        return Response([])


urlpatterns = [path("declared", Declared.as_view()), path("listed", Listed.as_view())]


@pytest.fixture
def client(db):
    return signed_in(person())


def answer(response):
    body = response.json()
    assert set(body) == SHAPE
    return response.status_code, body["code"], list(body["details"])


def send(client, method, raw, content_type="application/json", url="/declared"):
    return client.generic(method, url, raw, content_type=content_type)


@pytest.mark.parametrize("query", ["", "?after=3", "?loud=1", "?after=3&loud=1"])
def test_declared_parameters_pass(client, query):
    assert client.get(f"/declared{query}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_an_unknown_parameter_is_refused_by_name_whatever_the_method(client, method):
    response = send(client, method, b"", url="/declared?aftr=3")
    told = (400, "unknown_parameter", ["aftr"])
    assert response.status_code == 400 if method == "HEAD" else answer(response) == told


def test_every_unknown_parameter_is_named(client):
    assert answer(client.get("/declared?b=1&after=1&a=")) == (400, "unknown_parameter", ["a", "b"])


def test_a_parameter_of_one_method_is_unknown_to_another(client):
    assert answer(send(client, "DELETE", b"", url="/declared?after=1")) == (400, "unknown_parameter", ["after"])


@pytest.mark.parametrize("query", ["limit=5", "cursor=x"])
def test_a_list_takes_the_parameters_of_its_pages(client, query):
    assert client.get(f"/listed?{query}").status_code == 200


def test_a_single_thing_takes_no_cursor(client):
    assert answer(client.get("/declared?cursor=x")) == (400, "unknown_parameter", ["cursor"])


@pytest.mark.parametrize("raw", [b"", b"{}", b" { } "])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "GET"])
def test_where_no_body_is_taken_none_and_an_empty_one_pass(client, method, raw):
    assert send(client, method, raw).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "GET", "OPTIONS"])
@pytest.mark.parametrize(
    "raw, refusal",
    [
        (b'{"b": 1, "a": 2}', ("unknown_field", ["a", "b"])),
        (b"garbage", ("malformed_json", [])),
        (b"\xff\xfe", ("malformed_json", [])),
        (b"[1]", ("unexpected_body", [])),
        (b"[]", ("unexpected_body", [])),
        (b"null", ("unexpected_body", [])),
    ],
)
def test_where_no_body_is_taken_any_other_is_refused(client, method, raw, refusal):
    assert answer(send(client, method, raw)) == (400, *refusal)


def test_where_a_body_is_taken_it_arrives(client):
    assert send(client, "POST", b'{"text": "hello"}').json() == {"text": "hello"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_body_that_is_not_json_is_refused(client, method):
    assert answer(send(client, method, b"text=1", "application/x-www-form-urlencoded")) == (
        415,
        "unsupported_media_type",
        [],
    )


def test_a_body_of_the_largest_size_passes(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20
    assert send(client, "POST", b'{"text": "12345678"}').status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_larger_body_is_refused(client, settings, method):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20
    assert answer(send(client, method, b'{"text": "123456789"}')) == (413, "body_too_large", [])


def test_head_answers_as_get_does(client):
    response = client.head("/declared?after=1")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_options_names_the_methods(client):
    response = client.options("/declared")
    assert (response.status_code, response.headers["Allow"]) == (200, "GET, POST, PUT, DELETE, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "REFUSAL", "ME", "_HANDLE", "HTTP_METHOD_NAMES", "SETUP"])
def test_any_other_method_is_refused(client, method):
    assert answer(send(client, method, b"")) == (405, "method_not_allowed", [])


@pytest.mark.parametrize("method", ["PATCH", "REFUSAL"])
def test_whatever_comes_with_it(client, method):
    reply = client.generic(method, "/declared?signature=1", b'{"text": ', content_type="application/json")
    assert answer(reply) == (405, "method_not_allowed", [])


@pytest.mark.parametrize("accepted, status", [("application/json", 200), ("*/*", 200), ("text/html", 406)])
def test_only_json_is_spoken(client, accepted, status):
    response = client.get("/declared", HTTP_ACCEPT=accepted)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/json")


def final_names():
    return {name for name in dir(Endpoint) if getattr(getattr(Endpoint, name), "__final__", False)}


def subclasses(kind):
    return {below for child in kind.__subclasses__() for below in {child, *subclasses(child)}}


def overridden(kind):
    return final_names() & vars(kind).keys()


def test_the_steps_of_a_call_are_final():
    assert {"dispatch", "refusal", "_respond", "_identify", "_admit", "_claim", "_handle", "_refuse", "_keep"} <= (
        final_names()
    )


def test_no_endpoint_replaces_a_step_by_accident():
    assert get_resolver("config.urls").url_patterns
    assert len(subclasses(Endpoint)) > 30
    assert {kind: overridden(kind) for kind in subclasses(Endpoint) if overridden(kind)} == {}


def test_a_replaced_step_would_be_found():
    kind = type("Clash", (), {"_keep": lambda self, response: None})
    assert overridden(kind) == {"_keep"}
