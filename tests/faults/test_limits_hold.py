"""Limits under parallel callers and with Redis really gone (fault 15): a real server, real threads, a Redis killed."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from django.db import connections
from structlog.testing import capture_logs

from safety import limits
from safety.models import Block, Report
from tests.chat.people import make_two, make_user
from tests.factories import PASSWORD, UserFactory
from tests.faults.live import stack

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]

CALLERS = 50


@pytest.fixture(scope="module")
def live(django_db_setup, tmp_path_factory):
    with stack(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def broken(django_db_setup, tmp_path_factory):
    """A server whose Redis is dead."""
    with stack(tmp_path_factory.mktemp("redis")) as running:
        running.redis.kill()
        yield running


def at_once(call):
    """How often each status was answered to 50 callers who begin together."""
    together = Barrier(CALLERS)

    def one(number):
        together.wait()
        return call(number).status_code

    with ThreadPoolExecutor(CALLERS) as threads:
        return Counter(threads.map(one, range(CALLERS)))


def amount(policy, scope):
    """The smallest window of a policy, as it is delivered."""
    return min(int(re.match(r"\d+", rate).group()) for rate in settings.LIMITS[policy][scope].split(";"))


def test_fifty_at_once_on_one_account_let_exactly_the_limit_through(live):
    two = make_two()
    client = live.person(two.a).http
    body = {"matchId": str(uuid4()), "action": "request"}
    found = at_once(lambda number: client.post("/connect/reveal", json=body))
    passed = amount("reveal", "account")
    assert found == {404: passed, 429: CALLERS - passed}


def test_fifty_at_once_from_one_address_let_exactly_the_limit_through(live):
    asked = {"registration_id": str(uuid4()), "code": "000000"}
    found = at_once(lambda number: httpx.post(f"{live.server.origin}/api/auth/register/confirm", json=asked))
    passed = amount("code", "address")
    assert found == {400: passed, 429: CALLERS - passed}


def test_fifty_guesses_at_once_at_one_password_let_exactly_the_limit_through(live):
    """Each is one of its address's share first; the rest is never compared."""
    guess = {"email": "guessed@maitribe.example", "password": "wrong wrong"}
    found = at_once(lambda number: httpx.post(f"{live.server.origin}/api/auth/login", json=guess, timeout=60))
    passed = amount("login_here", "account")
    assert found == {401: passed, 429: CALLERS - passed}


def test_fifty_at_once_over_different_accounts_do_not_stop_each_other(live):
    people = [live.person(make_user().id) for _ in range(CALLERS)]
    assert at_once(lambda number: people[number].http.get("/connect/status")) == {200: CALLERS}


# Redis is dead.


def code_of(reply):
    return reply.status_code, reply.json().get("code")


def test_without_redis_nobody_signs_in(broken):
    UserFactory.with_password(email="ada@maitribe.example")
    account = {"email": "ada@maitribe.example", "password": PASSWORD}
    origin = broken.server.origin
    asked = {
        "login": account,
        "register": account,
        "register/confirm": {"registration_id": str(uuid4()), "code": "000000"},
        "refresh": {"refresh": "x"},
    }
    answers = {path: code_of(httpx.post(f"{origin}/api/auth/{path}", json=body)) for path, body in asked.items()}
    assert answers == dict.fromkeys(asked, (503, "unavailable"))


def test_without_redis_nothing_is_said_or_shown(broken):
    two = make_two()
    client = broken.person(two.a).http
    answers = [
        client.post(f"/api/conversations/{two.conversation.id}/messages", json={"text": "Hello"}),
        client.post("/connect/chat", json={"blindChatId": str(two.conversation.id), "message": "Hello"}),
        client.post("/connect/reveal", json={"matchId": str(two.match.id), "action": "request"}),
    ]
    assert [code_of(reply) for reply in answers] == [(503, "unavailable")] * 3


def test_without_redis_everything_can_be_read(broken):
    two = make_two()
    client, room = broken.person(two.a).http, f"/api/conversations/{two.conversation.id}"
    paths = [
        *("/connect/status", "/connect/match", "/api/conversations", room, f"{room}/messages"),
        *("/api/profile", "/api/notifications", "/api/auth/sessions", "/api/blocks", "/api/schema"),
    ]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_without_redis_one_can_block(broken):
    two = make_two()
    reply = broken.person(two.a).http.post("/api/blocks", json={"conversation_id": str(two.conversation.id)})
    assert (reply.status_code, Block.objects.count(), two.fresh().state) == (201, 1, "closed")


def test_without_redis_one_can_report(broken):
    two = make_two()
    told = {"blindChatId": str(two.conversation.id), "reason": "threat", "details": ""}
    reply = broken.person(two.a).http.post("/connect/report", json=told)
    assert (reply.status_code, Report.objects.count(), two.fresh().state) == (200, 1, "closed")


def test_without_redis_one_can_end_a_session(broken):
    assert broken.person(make_user().id).http.post("/api/auth/logout").status_code == 204


def test_without_redis_one_can_end_a_conversation(broken):
    two = make_two()
    reply = broken.person(two.a).http.post(f"/api/conversations/{two.conversation.id}/end")
    assert (reply.status_code, two.fresh().state) == (200, "closed")


@pytest.fixture
def gone(settings, broken):
    """The same dead Redis for this process, so that its log can be read."""
    settings.REDIS_URL = broken.redis.url
    limits._script.cache_clear()
    yield
    limits._script.cache_clear()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/auth/login", {"email": "ada@maitribe.example", "password": PASSWORD}, 503),
        ("/api/auth/register", {"email": "new@maitribe.example", "password": PASSWORD}, 503),
        ("/api/blocks", {"match_id": str(uuid4())}, 404),
        ("/connect/report", {"matchId": str(uuid4()), "reason": "spam"}, 404),
    ],
)
def test_each_call_says_so_once_in_the_log(gone, api, path, body, status):
    client = api(UserFactory())
    with capture_logs() as logged:
        assert client.post(path, body).status_code == status
    assert [entry["event"] for entry in logged].count("limits_unavailable") == 1


def test_with_redis_there_it_says_nothing(api):
    with capture_logs() as logged:
        assert api(UserFactory()).get("/api/blocks").status_code == 200
    assert "limits_unavailable" not in [entry["event"] for entry in logged]


@pytest.fixture(autouse=True)
def closed_connections():
    yield
    connections.close_all()
