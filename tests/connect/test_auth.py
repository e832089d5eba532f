"""Signing up, in and out, and what happens to tokens."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect import tokens
from connect.models import DeviceSession, OutgoingMail, PendingRegistration, User
from connect.services import post, registrations, sessions
from connect.services.sessions import Device
from tests.factories import PASSWORD, DeviceSessionFactory, UserFactory

DEVICE = Device("phone", "127.0.0.1", "test")
EMAIL = "new@maitribe.example"


def register(client: Any, email: str = EMAIL) -> Any:
    return client.post("/api/auth/register", {"email": email, "password": PASSWORD})


def mailed_code(email: str = EMAIL) -> str:
    body = OutgoingMail.objects.filter(to=email).latest("created_at").body
    found = re.search(r"\b\d{6}\b", body)
    assert found
    return found.group()


def confirm(client: Any, code: str, email: str = EMAIL) -> Any:
    return client.post("/api/auth/register/confirm", {"email": email, "code": code})


def test_a_confirmed_code_signs_in(api):
    assert register(api()).status_code == 202
    reply = confirm(api(), mailed_code())
    assert reply.status_code == 201
    assert set(reply.json()) == {"access", "refresh", "expires_in", "session_id", "user_id"}


def test_no_account_before_the_code(api):
    register(api())
    assert not User.objects.exists()


def test_an_account_is_made_with_argon2(api):
    register(api())
    confirm(api(), mailed_code())
    assert User.objects.get().password.startswith("argon2")


def test_a_wrong_code_is_refused_and_counted(api):
    register(api())
    wrong = "000000" if mailed_code() != "000000" else "111111"
    reply = confirm(api(), wrong)
    assert (reply.status_code, reply.json()["code"]) == (400, "code_wrong")
    assert PendingRegistration.objects.get().attempts == 1


def test_the_right_code_after_too_many_wrong_ones_is_refused(api):
    register(api())
    PendingRegistration.objects.update(attempts=settings.CODE_ATTEMPTS)
    assert confirm(api(), mailed_code()).status_code == 400


def test_a_code_does_not_last(api):
    register(api())
    PendingRegistration.objects.update(expires_at=timezone.now())
    assert confirm(api(), mailed_code()).status_code == 400


def test_a_code_is_good_once(api):
    register(api())
    code = mailed_code()
    assert confirm(api(), code).status_code == 201
    assert confirm(api(), code).status_code == 400


def test_a_known_address_gets_the_same_answer_and_no_code(api):
    UserFactory(email=EMAIL)
    reply = register(api())
    assert (reply.status_code, reply.json()) == (202, {"ok": True})
    assert not re.search(r"\d{6}", OutgoingMail.objects.get().body)


def test_known_and_unknown_addresses_cost_the_same_queries(api):
    UserFactory(email="known@maitribe.example")
    counts = []
    for email in ("known@maitribe.example", "unknown@maitribe.example"):
        with CaptureQueriesContext(connection) as queries:
            register(api(), email)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("password", ["short", "password1234567890"[:12], "123456789012"])
def test_a_weak_password_is_refused(api, password):
    reply = api().post("/api/auth/register", {"email": EMAIL, "password": password})
    assert (reply.status_code, reply.json()["code"]) == (400, "password_weak")


def test_an_unknown_field_is_refused_by_name(api):
    reply = api().post("/api/auth/register", {"email": EMAIL, "password": PASSWORD, "admin": True})
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")
    assert "admin" in reply.json()["details"]


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


def test_logout_ends_the_session_at_once(api):
    client = api(UserFactory())
    assert client.post("/api/auth/logout").status_code == 204
    assert client.get("/api/auth/sessions").status_code == 401


def test_sessions_lists_own_devices_and_marks_this_one(api):
    user = UserFactory()
    DeviceSessionFactory(user=user, device_label="tablet")
    DeviceSessionFactory()
    listed = api(user).get("/api/auth/sessions").json()
    assert [entry["current"] for entry in listed] == [True, False]


def test_a_session_can_be_revoked(api):
    user = UserFactory()
    other = DeviceSessionFactory(user=user)
    assert api(user).delete(f"/api/auth/sessions/{other.id}").status_code == 204
    other.refresh_from_db()
    assert other.revoked_at


def test_somebody_elses_session_does_not_exist(api):
    other = DeviceSessionFactory()
    assert api(UserFactory()).delete(f"/api/auth/sessions/{other.id}").status_code == 404
    other.refresh_from_db()
    assert other.revoked_at is None


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


def test_due_mail_is_sent_once(db, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    registrations.start(email=EMAIL, password=PASSWORD, timezone="UTC", now=timezone.now())
    assert post.send_due(now=timezone.now()) == 1
    assert post.send_due(now=timezone.now()) == 0
    assert [mail.to for mail in mailoutbox] == [[EMAIL]]


def test_mail_that_fails_is_kept_for_later(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    registrations.start(email=EMAIL, password=PASSWORD, timezone="UTC", now=timezone.now())
    now = timezone.now()
    assert post.send_due(now=now) == 0
    assert OutgoingMail.objects.get().due_at > now
