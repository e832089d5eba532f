"""Whatever refuses, over the real routes: JSON in the one shape."""

import orjson
import pytest
from django.conf import settings as configured

from config.api.parsing import MAX_DEPTH
from tests.factories import UserFactory

SHAPE = {"code", "message", "details", "request_id"}
LOGIN = "/api/auth/login"


@pytest.fixture
def nobody(api):
    return api()


def told(response):
    assert response.headers["Content-Type"] == "application/json"
    body = orjson.loads(response.content)
    assert set(body) == SHAPE
    return response.status_code, body["code"]


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api", "/api/", "/api/nowhere", "/connect/nowhere", "/api/profile/"]
)
def test_a_path_no_route_has(nobody, path):
    assert told(nobody.get(path)) == (404, "not_found")


@pytest.mark.parametrize("path", ["/api/people/5", "/api/people/not-a-uuid"])
def test_an_id_that_is_none(nobody, path):
    assert told(nobody.get(path)) == (404, "not_found")


@pytest.mark.parametrize("host", ["elsewhere.example", "not a host", "testserver:port"])
@pytest.mark.parametrize("path", ["/api/notifications", "/connect/status", "/api/schema", "/nowhere", "/admin/"])
def test_a_foreign_host(nobody, path, host):
    assert told(nobody.get(path, HTTP_HOST=host)) == (400, "invalid")


def test_a_probe_calls_an_address(nobody):
    assert nobody.get("/healthz", HTTP_HOST="10.0.0.7").status_code == 200


@pytest.mark.parametrize("host", configured.ALLOWED_HOSTS[:1])
def test_a_host_of_ours(api, host):
    assert api(UserFactory()).get("/api/notifications", HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_what_is_no_json_is_refused_in_json(nobody, path):
    assert told(nobody.post(path, {})) == (405, "method_not_allowed")


@pytest.mark.parametrize("accepted", ["image/png", "application/pdf"])
@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_a_form_that_is_not_spoken(nobody, path, accepted):
    assert told(nobody.get(path, HTTP_ACCEPT=accepted)) == (406, "not_acceptable")


def test_the_schema_is_still_yaml(nobody):
    assert nobody.get("/api/schema").headers["Content-Type"].startswith("application/vnd.oai.openapi")


def test_a_method_a_path_does_not_have(nobody):
    assert told(nobody.get(LOGIN)) == (405, "method_not_allowed")


def send(client, raw, content_type="application/json"):
    return told(client.generic("POST", LOGIN, raw, content_type=content_type))


def test_a_body_that_is_no_json(nobody):
    assert send(nobody, b"<a/>", "text/xml") == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b'{"a": "\n"}',
        b'{"a": 1} {}',
        b'{"a": ' * 2000 + b"1" + b"}" * 2000,
    ],
    ids=["open", "quotes", "nan", "infinity", "huge", "utf8", "surrogate", "bom", "control", "two", "deep"],
)
def test_malformed_json(nobody, raw):
    assert send(nobody, raw) == (400, "malformed_json")


def nested(levels):
    return b'{"a": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("levels, code", [(MAX_DEPTH, "unknown_field"), (MAX_DEPTH + 1, "malformed_json")])
def test_nesting_has_a_bound(nobody, levels, code):
    assert send(nobody, nested(levels)) == (400, code)


def test_many_shallow_lists_are_no_deep_one(nobody):
    assert send(nobody, b'{"a": [' + b",".join([b"[]"] * 100) + b"]}") == (400, "unknown_field")


def test_under_a_key_too_a_deep_body_is_refused(api):
    client = api(UserFactory())
    response = client.generic("POST", "/connect/activate", nested(300), content_type="application/json", key="one")
    assert told(response) == (400, "malformed_json")


def test_under_a_key_a_refusal_may_repeat_a_nul(api):
    client = api(UserFactory())
    for _ in range(2):
        reply = client.generic(
            "POST", "/connect/activate", b'{"\\u0000": 1}', content_type="application/json", key="one"
        )
        assert (told(reply)[0], list(orjson.loads(reply.content)["details"])) == (400, ["\N{REPLACEMENT CHARACTER}"])


@pytest.mark.parametrize("raw", [b"[]", b"5", b'"text"', b"null", b"true"])
def test_json_that_is_no_object(nobody, raw):
    assert send(nobody, raw) == (400, "invalid")


def test_a_body_that_is_too_large(nobody):
    large = b'{"a": "' + b"x" * configured.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    assert send(nobody, large) == (413, "body_too_large")
