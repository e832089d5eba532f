"""Signing in, and what happens to tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from connect import tokens
from connect.models import DeviceSession, User
from connect.services import sessions
from connect.services.sessions import Device
from tests.factories import PASSWORD, DeviceSessionFactory, UserFactory

DEVICE = Device("phone", "127.0.0.1", "test")


def login(client: Any, email: str, password: str = PASSWORD) -> Any:
    return client.post("/api/auth/login", {"email": email, "password": password})


def test_login_ignores_the_case_of_the_address(api):
    UserFactory.with_password(email="ada@maitribe.example")
    assert login(api(), "Ada@MaiTribe.example").status_code == 200


@pytest.mark.parametrize(("email", "password"), [("ada@maitribe.example", "wrong wrong"), ("no@one.example", PASSWORD)])
def test_wrong_password_and_unknown_address_answer_alike(api, email, password):
    UserFactory.with_password(email="ada@maitribe.example")
    reply = login(api(), email, password)
    body = reply.json() | {"request_id": ""}
    assert reply.status_code == 401
    assert body == {"code": "wrong_credentials", "message": sessions.WRONG, "details": {}, "request_id": ""}


def test_an_unknown_address_costs_one_verification_too(api, monkeypatch):
    calls = []
    monkeypatch.setattr(sessions, "check_password", lambda *args: calls.append(args) or False)
    login(api(), "no@one.example")
    assert len(calls) == 1


def test_login_takes_no_address_longer_than_an_account_can_have(api):
    replies = [login(api(), f"{'a' * 60}@{'b.' * count}example") for count in (60, 120)]
    assert [reply.status_code for reply in replies] == [401, 400]
    assert replies[1].json()["code"] == "max_length"


def test_refresh_rotates(api):
    signed = sessions_for(UserFactory())
    reply = api().post("/api/auth/refresh", {"refresh": signed.refresh})
    assert reply.status_code == 200
    assert reply.json()["refresh"] != signed.refresh
    assert api().post("/api/auth/refresh", {"refresh": reply.json()["refresh"]}).status_code == 200


def sessions_for(user: User) -> sessions.SignedIn:
    with transaction.atomic():
        return sessions.open_for(user=user, device=DEVICE, now=timezone.now() - timedelta(seconds=1))


def test_a_used_refresh_token_revokes_the_family(api):
    signed = sessions_for(UserFactory())
    fresh = api().post("/api/auth/refresh", {"refresh": signed.refresh}).json()
    reply = api().post("/api/auth/refresh", {"refresh": signed.refresh})
    assert (reply.status_code, reply.json()["code"]) == (401, "token_reused")
    assert api().post("/api/auth/refresh", {"refresh": fresh["refresh"]}).status_code == 401
    assert DeviceSession.objects.get().revoked_reason == "token_reused"


def test_refresh_says_nothing_of_a_session_that_ended(api):
    signed = sessions_for(UserFactory())
    DeviceSession.objects.update(revoked_at=timezone.now())
    reply = api().post("/api/auth/refresh", {"refresh": signed.refresh})
    assert (reply.status_code, reply.json()["code"]) == (401, "session_ended")


@pytest.mark.django_db(transaction=True)
def test_of_eight_parallel_refreshes_one_succeeds():
    signed = sessions_for(UserFactory())

    def use(_: int) -> bool:
        try:
            with transaction.atomic():
                return sessions.refresh(token=signed.refresh, address="", now=timezone.now()) is not None
        except sessions.NotSignedIn:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


def claims(**changes: Any) -> dict[str, Any]:
    session = DeviceSessionFactory()
    now = timezone.now()
    base = {
        "token_type": "access",
        "user_id": str(session.user_id),
        "sid": str(session.id),
        "iss": "maitribe-connect",
        "aud": "maitribe-connect",
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 60,
        "jti": "x",
    }
    return base | changes


def forge(payload: dict[str, Any], key: str = "", algorithm: str = "HS256", **headers: Any) -> str:
    return jwt.encode(payload, key or settings.SIGNING_KEY, algorithm=algorithm, headers=headers)


def call_with(api: Any, token: str) -> int:
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get("/api/auth/sessions").status_code


def test_a_token_signed_like_ours_is_taken(api):
    assert call_with(api, forge(claims())) == 200


@pytest.mark.parametrize(
    "make",
    [
        lambda: "",
        lambda: "not a token",
        lambda: jwt.encode(claims(), "", algorithm="none"),
        lambda: forge(claims(), algorithm="HS512"),
        lambda: forge(claims(), key="another key that is long enough to be taken for real"),
        lambda: forge(claims(token_type="refresh")),
        lambda: forge(claims(exp=int(timezone.now().timestamp()) - 60)),
        lambda: forge(claims(), key="x" * 40, kid="../../../../dev/null"),
        lambda: forge(claims(sid="nonsense")),
        lambda: forge(claims(aud="somebody-else")),
        lambda: forge(claims(user_id=str(UserFactory().id))),
        lambda: tokens.refresh_token(
            user_id=(session := DeviceSessionFactory()).user_id, session_id=session.id, now=timezone.now()
        ),
    ],
    ids=[
        "none",
        "garbage",
        "unsigned",
        "algorithm",
        "key",
        "type",
        "expired",
        "kid",
        "sid",
        "aud",
        "user",
        "refresh",
    ],
)
def test_fault_11_every_other_token_is_refused(api, db, make):
    assert call_with(api, make()) == 401


def test_an_access_token_does_not_refresh(api):
    session = DeviceSessionFactory()
    token = tokens.access_token(user_id=session.user_id, session_id=session.id, now=timezone.now())
    assert api().post("/api/auth/refresh", {"refresh": token}).status_code == 401
