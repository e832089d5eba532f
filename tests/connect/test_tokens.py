"""A token is verified once and is good until it expires; that its session lives is looked at on each call."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework_simplejwt.tokens import AccessToken

from config import clock
from config.errors import NotSignedIn
from connect import tokens


@pytest.fixture(autouse=True)
def nothing_remembered():
    tokens._read_access.cache_clear()


@pytest.fixture
def verified(monkeypatch):
    """The tokens whose signatures were looked at, in turn."""
    seen, verify = [], AccessToken.__init__
    monkeypatch.setattr(AccessToken, "__init__", lambda self, raw=None: (seen.append(raw), verify(self, raw))[1])
    return seen


def made(now=None, **ids):
    given = {"user_id": uuid4(), "session_id": uuid4()} | ids
    return tokens.access_token(**given, now=now or timezone.now())


def test_it_names_its_person_and_its_session():
    ids = {"user_id": uuid4(), "session_id": uuid4()}
    caller = tokens.read_access(made(**ids), "10.0.0.1")
    assert (caller.user_id, caller.session_id, caller.address) == (*ids.values(), "10.0.0.1")


def test_it_is_verified_once(verified):
    token = made()
    verified.clear()
    assert len({tokens.read_access(token, "10.0.0.1") for _ in range(3)}) == 1
    assert verified == [token]


def test_each_call_has_its_own_address():
    token = made()
    assert [tokens.read_access(token, address).address for address in ("10.0.0.1", "10.0.0.2")] == [
        "10.0.0.1",
        "10.0.0.2",
    ]


@pytest.mark.parametrize(("seconds", "good"), [(899, True), (900, False), (901, False)])
def test_one_that_is_remembered_expires_as_any_other(monkeypatch, seconds, good):
    now = timezone.now().replace(microsecond=0)
    token = made(now)
    tokens.read_access(token, "")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=seconds))
    if good:
        assert tokens.read_access(token, "").user_id
    else:
        with pytest.raises(NotSignedIn, match="not valid"):
            tokens.read_access(token, "")


def test_one_bit_more_is_another_token():
    token = made()
    tokens.read_access(token, "")
    for other in (f"{token}A", token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), f" {token}", token.upper()):
        with pytest.raises(NotSignedIn):
            tokens.read_access(other, "")


def test_what_was_refused_is_not_remembered(verified):
    for _ in range(2):
        with pytest.raises(NotSignedIn):
            tokens.read_access("no.token.atall", "")
    assert verified == ["no.token.atall"] * 2
    assert tokens._read_access.cache_info().currsize == 0


def test_no_more_are_remembered_than_it_says():
    assert tokens._read_access.cache_info().maxsize == tokens.KEPT
