"""Every operation of the schema declares what it may refuse, in the one error shape."""

import pytest

from tests.config.contract import PROBLEM, name, operations, schema, view

EVERYWHERE = {"400", "405", "406", "413", "415", "429", "503"}
each = pytest.mark.parametrize("method, path, operation", operations(), ids=name)


def expected(method, path, operation):
    endpoint = view(path)
    return (
        EVERYWHERE
        | (set() if endpoint.public else {"401", "403"})
        | ({"404"} if "{" in path else set())
        | (set() if method == "GET" else {"409"})
        | ({"422"} if method in endpoint.idempotent else set())
    )


@each
def test_every_refusal_is_declared(method, path, operation):
    assert expected(method, path, operation) <= set(operation["responses"])


@each
def test_every_refusal_has_the_one_shape(method, path, operation):
    refusals = [reply for status, reply in operation["responses"].items() if int(status) >= 400]
    assert [reply["content"]["application/json"]["schema"] for reply in refusals] == [PROBLEM] * len(refusals)


@each
def test_a_success_is_declared_and_described_apart(method, path, operation):
    assert [status for status in operation["responses"] if status.startswith("2")]


@each
def test_a_wait_is_told_in_its_header(method, path, operation):
    assert operation["responses"]["429"]["headers"]["Retry-After"]["schema"]["type"] == "integer"


@each
def test_the_key_is_declared_where_it_is_taken(method, path, operation):
    headers = {entry["name"] for entry in operation.get("parameters", ()) if entry["in"] == "header"}
    assert headers - {"Accept-Language"} == ({"Idempotency-Key"} if method in view(path).idempotent else set())


@each
def test_a_language_is_asked_for_where_words_are_made_for_the_reader(method, path, operation):
    headers = {entry["name"] for entry in operation.get("parameters", ()) if entry["in"] == "header"}
    assert ("Accept-Language" in headers) == (method in view(path).worded)


@each
def test_a_token_is_asked_for_where_an_endpoint_is_not_public(method, path, operation):
    assert operation.get("security", []) == ([] if view(path).public else [{"bearer": []}])


def test_only_idempotent_operations_declare_a_reused_key():
    assert {"422" in operation["responses"] for _, _, operation in operations()} == {True, False}


def test_the_one_shape_has_its_four_members():
    assert set(schema()["components"]["schemas"]["Problem"]["required"]) == {
        "code",
        "message",
        "details",
        "request_id",
    }
