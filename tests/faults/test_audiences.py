"""Every operation, called by everybody: nothing foreign, and not yours answers exactly like missing (fault 7).

Made from the URL table: an operation of which `audiences.py` does not say whom it is for fails by name.
"""

import re
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from orjson import dumps, loads

from config.settings.limits import LIMITS
from safety.api import Endpoint
from tests.config.contract import numbered, operations, schema
from tests.config.test_schema_truth import body as plainest
from tests.database import undone
from tests.faults.audiences import AUDIENCES, Audience
from tests.faults.world import PLANTED, SAID, STANDINGS, make_world, put_into, rows_about, sign_in
from tests.pictures import encoded, landscape

pytestmark = pytest.mark.django_db

OPERATIONS = {operation["operationId"]: (method, path, operation) for method, path, operation in operations()}
STATED = [(name, audience) for name in OPERATIONS for audience in AUDIENCES.get(name, ())]
NAMED = [(name, audience) for name, audience in STATED if audience.subject]
UNNAMED = [(name, audience) for name, audience in STATED if not audience.subject]
SIGNED_IN = [(name, audience) for name, audience in STATED if not audience.public]
OTHERS = ["partner", "friend", "blocked", "stranger", "moderator"]
# Paths that are no Endpoint, and why there is nobody's data behind them.
OPEN_PATHS = {
    "healthz": "whether the process runs",
    "readyz": "whether what it needs is there",
    "metrics": "sums alone, for whoever brings the token, tests/config/test_metrics.py",
    "admin/": "staff only, tests/config/test_admin.py",
    "api/schema": "the schema",
    "api/docs": "the schema, to be read by people",
}


def label(value: Any) -> str | None:
    if isinstance(value, Audience):
        return "-".join([value.parameter, *map(str, value.sent.values())]) or "own"
    return None


def routes(patterns: list[Any], prefix: str = "") -> dict[str, Any]:
    """Every path of the server with its view; the admin's own are one."""
    found: dict[str, Any] = {}
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern) or path == "admin/":
            found[path] = getattr(entry, "callback", None)
        elif isinstance(entry, URLResolver):
            found |= routes(entry.url_patterns, path)
    return found


def in_schema(path: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def endpoints() -> set[tuple[str, str]]:
    """(method, path) of everything that is served by an Endpoint."""
    views = {path: getattr(view, "view_class", None) for path, view in routes(get_resolver().url_patterns).items()}
    ours = {path: view for path, view in views.items() if view and issubclass(view, Endpoint)}
    methods = [m for m in Endpoint.http_method_names if m not in {"options", "head", "trace"}]
    return {
        (method.upper(), in_schema(path)) for path, view in ours.items() for method in methods if hasattr(view, method)
    }


def ids_of(method: str, path: str, operation: dict[str, Any]) -> set[str]:
    """The names under which an operation takes ids: in its path, query and body."""
    taken = {p["name"] for p in operation.get("parameters", ()) if p["schema"].get("format") == "uuid"}
    sent = operation.get("requestBody")
    if not sent:
        return taken
    (shape,) = (body["schema"] for body in sent["content"].values())
    shape = schema()["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]] if "$ref" in shape else shape
    return taken | {name for name, field in shape.get("properties", {}).items() if field.get("format") == "uuid"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_states_its_audience(name):
    method, path, _ = OPERATIONS[name]
    assert AUDIENCES.get(name), f"{name} ({method} {path}): say in tests/faults/audiences.py whom it is for"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_id_an_operation_takes_is_stated(name):
    stated = {audience.parameter for audience in AUDIENCES.get(name, ()) if audience.parameter}
    missing = set() if AUDIENCES.get(name, [Audience()])[0].public else ids_of(*OPERATIONS[name]) - stated
    assert not missing, f"{name} takes {sorted(missing)}: say in tests/faults/audiences.py who reaches what it names"


def test_no_audience_is_stated_for_what_is_not_there():
    assert set(AUDIENCES) - set(OPERATIONS) == set()


def test_the_schema_leaves_no_endpoint_out():
    assert endpoints() == {(method, path) for method, path, _ in OPERATIONS.values()}


def test_every_path_is_an_endpoint_or_known_to_be_open():
    served = routes(get_resolver().url_patterns).items()
    other = {path for path, view in served if not issubclass(getattr(view, "view_class", type), Endpoint)}
    assert other == set(OPEN_PATHS), "a path that is no Endpoint says in OPEN_PATHS why nobody's data is behind it"


# Calls.


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with undone(django_db_blocker):
        yield make_world()


@pytest.fixture
def world(scene, db, settings):
    """What a test does with it is undone; limits are another's subject."""
    settings.LIMITS = {name: {"sensitive": policy["sensitive"]} for name, policy in LIMITS.items()}
    return scene


def call(client, name, audience, thing=None):
    """The operation with the plainest body that makes sense, about `thing` where it names one.

    Other ids are nobody's; the seq of a path is that of what the owner said.
    """
    method, path, operation = OPERATIONS[name]
    sent = plainest(operation)
    if sent is not None:
        sent = sent | audience.sent
    query = {}
    if f"{{{audience.parameter}}}" in path:
        path = path.replace(f"{{{audience.parameter}}}", str(thing))
    elif audience.parameter and sent is None:
        query = {audience.parameter: str(thing)}
    elif audience.parameter:
        sent |= {audience.parameter: str(thing)}
    path = re.sub(r"{\w+_id}", lambda _: str(uuid4()), numbered(path.replace("{seq}", "2")))
    address = f"{path}?{urlencode(query)}"
    if audience.subject and (form := form_of(operation)):
        return client.generic(method, address, encode_multipart(BOUNDARY, form), content_type=MULTIPART_CONTENT)
    raw = b"" if sent is None else dumps(sent)
    return client.generic(method, address, raw, content_type="application/json")


def form_of(operation: dict[str, Any]) -> dict[str, Any]:
    """A form with a picture in the place of each file; empty for what takes none."""
    taken = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
    if not taken:
        return {}
    shape = schema()["components"]["schemas"][taken["schema"]["$ref"].rsplit("/", 1)[1]]
    return {name: SimpleUploadedFile("a.jpg", encoded(landscape(200, 200))) for name in shape["required"]}


def told(reply):
    """Status and body, but for the id of the request."""
    told = loads(reply.content) if reply.content else None
    return reply.status_code, {key: value for key, value in told.items() if key != "request_id"} if told else told


def leaked(reply, values):
    raw = reply.content.decode() + str(dict(reply.headers))
    return sorted(value for value in values if value in raw)


def counted(client, name, audience, thing):
    """The reply, and how many queries it took besides those that the client takes its login role by."""
    with CaptureQueriesContext(connection) as queries:
        reply = call(client, name, audience, thing)
    return reply, sum(not re.match("(SET|RESET) ROLE", query["sql"]) for query in queries)


def outsiders(pairs):
    return [(name, audience, role) for name, audience in pairs for role in OTHERS if role not in audience.who]


@pytest.mark.parametrize("name, audience, role", outsiders(NAMED), ids=label)
def test_not_yours_answers_exactly_like_missing(world, name, audience, role):
    client = sign_in(getattr(world, role))
    missing = call(client, name, audience, uuid4())
    foreign = call(client, name, audience, audience.subject(world))
    assert (told(foreign), missing.status_code) == (told(missing), audience.missing)


@pytest.mark.parametrize("name, audience, role", [o for o in outsiders(NAMED) if o[2] not in o[1].knows], ids=label)
def test_not_yours_costs_the_same_queries_as_missing(world, name, audience, role):
    client = sign_in(getattr(world, role))
    call(client, name, audience, uuid4())  # what is looked up once a process is looked up here
    _, missing = counted(client, name, audience, uuid4())
    _, foreign = counted(client, name, audience, audience.subject(world))
    assert foreign == missing > 0


@pytest.mark.parametrize("name, audience, role", [(n, a, role) for n, a in NAMED for role in sorted(a.who)], ids=label)
def test_whoever_it_is_for_reaches_it(world, name, audience, role):
    reply = call(sign_in(getattr(world, role)), name, audience, audience.subject(world))
    assert reply.status_code not in {400, 401, 403, 404, 422, audience.missing}, reply.content


@pytest.mark.parametrize("name, audience, role", outsiders(STATED), ids=label)
def test_nothing_of_the_owner_is_in_what_another_is_told(world, name, audience, role):
    hidden = {"partner": world.identity, "friend": world.secrets - world.identity}.get(role, world.secrets)
    thing = audience.subject(world) if audience.subject else None
    # An address is no secret to whoever called it.
    assert leaked(call(sign_in(getattr(world, role)), name, audience, thing), hidden - {str(thing)}) == []


@pytest.mark.parametrize(
    "name, words",
    [("profile_read", set(PLANTED.values())), ("conversations_messages_list", {SAID})],
)
def test_what_is_searched_for_is_found_in_what_the_owner_is_told(world, name, words):
    (audience,) = AUDIENCES[name]
    thing = audience.subject(world) if audience.subject else None
    assert words <= set(leaked(call(sign_in(world.owner), name, audience, thing), world.secrets))


@pytest.mark.parametrize("name, audience", [(n, a) for n, a in NAMED if "partner" in a.who], ids=label)
def test_the_partner_is_told_nothing_of_who_the_owner_is(world, name, audience):
    reply = call(sign_in(world.partner), name, audience, audience.subject(world))
    hidden = world.identity if audience.sent.get("action") != "accept" else world.identity - {str(world.owner.id)}
    assert leaked(reply, hidden) == []


@pytest.mark.parametrize("role", ["stranger", "moderator"])
@pytest.mark.parametrize("name, audience", SIGNED_IN, ids=label)
def test_nothing_of_the_owner_is_changed_by_somebody_uninvolved(world, name, audience, role):
    before = rows_about(world.owner)
    call(sign_in(getattr(world, role)), name, audience, audience.subject(world) if audience.subject else None)
    assert rows_about(world.owner) == before


@pytest.mark.parametrize("name, audience", SIGNED_IN, ids=label)
def test_nobody_is_asked_to_sign_in_and_nothing_is_looked_up(world, name, audience):
    thing = audience.subject(world) if audience.subject else None
    reply, queries = counted(sign_in(None), name, audience, thing)
    assert (reply.status_code, reply.json()["code"], queries) == (401, "not_authenticated", 0)


@pytest.mark.parametrize("name, audience", UNNAMED, ids=label)
def test_nobody_is_told_nothing_of_anybody(world, name, audience):
    assert leaked(call(sign_in(None), name, audience), world.secrets) == []


@pytest.mark.parametrize("standing", sorted(STANDINGS))
@pytest.mark.parametrize("name, audience", SIGNED_IN, ids=label)
def test_a_standing_is_refused_as_stated(world, name, audience, standing):
    role = min(audience.who, default="owner")
    caller, thing = getattr(world, role), audience.subject(world) if audience.subject else None
    client = sign_in(caller)
    put_into(standing, caller)
    status = call(client, name, audience, thing).status_code
    assert status == 401 if standing == "deleted" else (status == 403) is (standing not in audience.despite)
