"""What is sent is what the schema says: to somebody new, to somebody who has everything, and when it is refused."""

from datetime import time
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.utils import timezone
from orjson import dumps

from chat.services import messages, reveals
from config.errors import TooFast, Unavailable
from connect.models import BirthData
from matching.models import Chart
from safety import unit
from tests.config.contract import name, numbered, operations, schema, violations
from tests.factories import ConversationFactory, UserFactory
from tests.matching.builders import born
from tests.safety.rows import fill, person

GETS = [(path, operation) for method, path, operation in operations() if method == "GET"]
each = pytest.mark.parametrize("method, path, operation", operations(), ids=name)


def address(path, ids=None):
    """A path with its ids: those given, else ones that nothing has."""
    for parameter in (
        "appeal_id",
        "block_id",
        "card_id",
        "celebrity_id",
        "connection_id",
        "baby_id",
        "conversation_id",
        "device_id",
        "export_id",
        "face_id",
        "hobby_id",
        "interest_id",
        "job_id",
        "message_id",
        "match_id",
        "notification_id",
        "person_id",
        "photo_id",
        "session_id",
        "streak_id",
        "user_id",
    ):
        path = path.replace(f"{{{parameter}}}", str((ids or {}).get(parameter, uuid4())))
    return numbered(path)


def query(method, path, ids=None):
    asks = (method, path) == ("GET", "/connect/chat")
    return {"blindChatId": str((ids or {}).get("conversation_id", uuid4()))} if asks else {}


def example(shape):
    """The plainest JSON that a schema admits."""
    if "$ref" in shape:
        return example(schema()["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]])
    for choice in ("oneOf", "allOf"):
        if choice in shape:
            return example(shape[choice][0])
    if "enum" in shape:
        return shape["enum"][0]
    if "examples" in shape:
        return shape["examples"][0]
    return of_type(shape)


def of_type(shape):
    kind = shape["type"][0] if isinstance(shape["type"], list) else shape["type"]
    if kind == "object":
        needed = shape.get("required", ())
        return {key: example(value) for key, value in shape.get("properties", {}).items() if key in needed}
    if kind in {"integer", "number"}:
        return max(shape.get("minimum", 0), 0)
    formats = {"uuid": str(uuid4()), "email": "a@maitribe.example", "date": "1990-01-01"}
    return {"array": [], "boolean": True}.get(kind, formats.get(shape.get("format"), "x"))


def body(operation):
    """None also for what is no JSON: a file."""
    taken = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return example(taken["schema"]) if taken else None


def call(client, method, path, sent, ids=None):
    """Any call; `sent` None is no body at all."""
    where = f"{address(path, ids)}?{urlencode(query(method, path, ids))}"
    return client.generic(method, where, b"" if sent is None else dumps(sent), content_type="application/json")


@pytest.mark.parametrize("path, operation", GETS, ids=name)
def test_what_somebody_new_gets(api, path, operation):
    reply = call(api(UserFactory()), "GET", path, None)
    assert violations("GET", path, reply) == []


@pytest.mark.parametrize("path, operation", GETS, ids=name)
def test_what_somebody_with_everything_gets(api, path, operation):
    user, other = UserFactory(), person()
    rows = fill(user, other)
    Chart.objects.all().delete()
    BirthData.objects.all().delete()
    born(user, timezone.now())
    ids = {type(row).__name__: row.id for row in rows.values()}
    known = {
        "connection_id": ids["Connection"],
        "conversation_id": ids["Conversation"],
        "face_id": ids["Face"],
        "job_id": ids["MatchJob"],
        "person_id": other.id,
    }
    assert violations("GET", path, call(api(user), "GET", path, None, known)) == []


@pytest.mark.parametrize("at", [time(7, 30), None], ids=["known", "unknown"])
def test_a_chart_with_and_without_a_time_of_birth(api, at):
    user = UserFactory(person=True)
    born(user, timezone.now(), at=at)
    assert violations("GET", "/api/profile/chart", api(user).get("/api/profile/chart")) == []
    assert violations("GET", "/api/profile/birth", api(user).get("/api/profile/birth")) == []


def walk(until):
    """Two people who have come so far: to words, to an offer, to both having shown themselves."""
    first, second = UserFactory(pooled=True), UserFactory(pooled=True)
    conversation, now = ConversationFactory.blind(first, second), timezone.now()
    messages.send(conversation_id=conversation.id, by=first.id, client_id="1", text="Hello", now=now)
    if until != "words":
        offer = reveals.request(conversation_id=conversation.id, by=first.id, now=now)
    if until == "shown":
        reveals.accept(reveal_id=offer.id, by=second.id, now=now)
    return first, second, conversation


@pytest.mark.parametrize("until", ["words", "offer", "shown"])
@pytest.mark.parametrize("path, operation", GETS, ids=name)
def test_what_two_people_on_their_way_get(api, path, operation, until):
    first, second, conversation = walk(until)
    known = {"conversation_id": conversation.id, "person_id": second.id}
    reply = call(api(first), "GET", path, None, known)
    assert violations("GET", path, reply) == []


@pytest.mark.parametrize("until, state", [("words", "none"), ("offer", "pending"), ("shown", "mutual")])
def test_the_walk_goes_through_the_states_it_is_checked_in(api, until, state):
    first, *_ = walk(until)
    assert api(first).get("/connect/status").json()["current"]["revealState"] == state


@each
def test_the_plainest_call_is_answered_as_declared(api, method, path, operation):
    reply = call(api(UserFactory(person=True)), method, path, body(operation))
    assert violations(method, path, reply) == []


@each
def test_nobody_is_refused_as_declared(api, method, path, operation):
    reply = call(api(), method, path, {})
    assert violations(method, path, reply) == []
    asks = any(parameter.get("required") for parameter in operation.get("parameters", ()) if parameter["in"] == "query")
    found = 404 if "{" in path else 200
    assert reply.status_code == (401 if "security" in operation else found if method == "GET" and not asks else 400)


@each
@pytest.mark.parametrize("refusal, status", [(TooFast(3), 429), (Unavailable(), 503)], ids=["fast", "down"])
def test_a_refusal_of_any_call_is_declared(api, monkeypatch, method, path, operation, refusal, status):
    def refuse(**call):
        raise refusal

    monkeypatch.setattr(unit, "perform", refuse)
    reply = call(api(UserFactory()), method, path, body(operation))
    assert (reply.status_code, violations(method, path, reply)) == (status, [])
