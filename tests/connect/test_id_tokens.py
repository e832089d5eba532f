"""ID tokens against a provider's key set, served over HTTP on this machine: what is believed, and what is not."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from config.errors import NotSignedIn, NotYours, Unavailable
from connect import id_tokens
from connect.enums import Provider
from connect.id_tokens import Claims
from connect.models import User
from tests.connect.provider import StandIn, standing_in

OURS, ISSUER = "our-client", "https://accounts.google.com"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, kid: str, **more: str) -> dict[str, Any]:
    algorithm, name = (RSAAlgorithm, "RS256") if isinstance(key, rsa.RSAPrivateKey) else (ECAlgorithm, "ES256")
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig", "alg": name, **more}


def key_set(*keys: dict[str, Any]) -> dict[str, Any]:
    return {"keys": list(keys)}


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    base = {
        "iss": ISSUER,
        "aud": OURS,
        "sub": "1234567890",
        "iat": now,
        "exp": now + 3600,
        "email": "Ada@gmail.com",
        "email_verified": True,
    }
    return {name: value for name, value in (base | changes).items() if value is not None}


def token(key: Any = KEY, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"kid": "one", **(headers or {})})


def forged(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.fixture
def keys(settings: Any) -> Iterator[StandIn]:
    id_tokens._keys.cache_clear()  # a port may be that of a provider of another test
    with standing_in(key_set(public(KEY, "one"))) as stand_in:
        offer = {"keys": stand_in.url, "issuers": [ISSUER], "audiences": [OURS], "algorithms": ["RS256"]}
        apple = offer | {"issuers": ["https://appleid.apple.com"], "algorithms": ["RS256", "ES256"]}
        settings.OAUTH = {"google": offer, "apple": apple}
        yield stand_in


def read(given: str, nonce: str = "", provider: Provider = Provider.GOOGLE) -> Any:
    return id_tokens.read(provider, given, nonce)


def refused(given: str, nonce: str = "") -> bool:
    return isinstance(read(given, nonce), NotSignedIn)


# What is believed.


def test_a_good_token_says_who_it_is(keys):
    assert read(token()) == Claims(Provider.GOOGLE, "1234567890", "ada@gmail.com", is_certain=True)


@pytest.mark.parametrize(
    ("changes", "certain"),
    [
        ({"email": "ada@googlemail.com"}, True),
        ({"email": "ada@school.example", "hd": "school.example"}, True),
        ({"email": "ada@school.example", "hd": "else.example"}, False),
        ({"email": "ada@school.example"}, False),
        ({"email": "ada@gmail.com.example"}, False),
    ],
)
def test_a_provider_is_certain_of_the_mailboxes_it_gives_out(keys, changes, certain):
    assert read(token(**changes)).is_certain is certain


@pytest.mark.parametrize(
    "changes",
    [
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": 1.5},
        {"email_verified": None},
        {"email": None},
        {"email": 5},
        {"email": "no address"},
        {"email": "\u0131@gmail.com"},
        {"email": f"{'a' * 250}@gmail.com"},
    ],
    ids=str,
)
def test_an_address_that_is_not_vouched_for_is_none(keys, changes):
    assert read(token(**changes)) == Claims(Provider.GOOGLE, "1234567890", "", is_certain=False)


@pytest.mark.parametrize("verified", [True, "true"])
def test_apple_writes_the_boolean_as_text(keys, verified):
    given = token(iss="https://appleid.apple.com", email="a@privaterelay.appleid.com", email_verified=verified)
    assert read(given, provider=Provider.APPLE).email == "a@privaterelay.appleid.com"


def test_apple_may_sign_with_a_curve_and_google_may_not(keys):
    keys.answer = key_set(public(CURVE_KEY, "one"))
    apple = token(CURVE_KEY, "ES256", iss="https://appleid.apple.com")
    assert isinstance(read(apple, provider=Provider.APPLE), Claims)
    assert refused(token(CURVE_KEY, "ES256"))


def test_a_clock_that_is_a_little_wrong_is_forgiven(keys):
    now = int(time.time())
    assert isinstance(read(token(iat=now + 20, exp=now + 3600)), Claims)
    assert isinstance(read(token(iat=now - 3600, exp=now - 20)), Claims)


def test_several_clients_of_ours_may_ask(keys, settings):
    settings.OAUTH["google"]["audiences"] = ["web", OURS]
    assert isinstance(read(token()), Claims)


# What is not.

HMAC_KEY = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def hs256(key: bytes) -> str:
    """PyJWT itself refuses to sign with such a key."""
    import hashlib
    import hmac

    unsigned = forged({"alg": "HS256", "kid": "one"}, claims()).rpartition(".")[0]
    signature = hmac.new(key, unsigned.encode(), hashlib.sha256).digest()
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "make",
    [
        lambda: "",
        lambda: "not a token",
        lambda: "a.b.c",
        lambda: "\u00fc.\u00fc.\u00fc",
        lambda: forged({"alg": "none", "kid": "one"}, claims()),
        lambda: forged({"alg": "None", "kid": "one"}, claims()),
        lambda: forged({"alg": ["RS256"], "kid": "one"}, claims()),
        lambda: forged({"kid": "one"}, claims()),
        lambda: hs256(HMAC_KEY),
        lambda: token(algorithm="RS512"),
        lambda: token(algorithm="PS256"),
        lambda: token(OTHER_KEY),
        lambda: token()[:-8] + "AAAAAAAA",
        lambda: token().rpartition(".")[0] + ".",
        lambda: token(aud="somebody-else"),
        lambda: token(aud=["somebody-else"]),
        lambda: token(aud=None),
        lambda: token(iss="https://accounts.google.com.evil.example"),
        lambda: token(iss="https://appleid.apple.com"),
        lambda: token(iss=None),
        lambda: token(exp=int(time.time()) - 60),
        lambda: token(exp=None),
        lambda: token(iat=int(time.time()) + 600),
        lambda: token(iat=None),
        lambda: token(nbf=int(time.time()) + 600),
        lambda: token(sub=None),
        lambda: token(sub=""),
        lambda: token(sub="a\0b"),
        lambda: token(sub="x" * 256),
        lambda: token(headers={"kid": "two"}),
        lambda: token(headers={"kid": "../../../../dev/null"}),
        lambda: forged({"alg": "RS256"}, claims()),
        lambda: forged({"alg": "RS256", "kid": ["one"]}, claims()),
        lambda: forged({"alg": "RS256", "kid": {"one": 1}}, claims()),
        lambda: token(headers={"crit": ["mine"], "mine": 1}),
        lambda: ".".join([base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("="), "e30", "AA"]),
        lambda: ".".join([base64.urlsafe_b64encode(b'{"alg":' + b"9" * 5000).decode().rstrip("="), "e30", "AA"]),
    ],
)
def test_fault_11_every_other_token_is_refused(keys, make):
    assert refused(make())


def test_a_key_that_the_token_brings_along_is_not_used(keys):
    with standing_in(key_set(public(OTHER_KEY, "one"))) as hostile:
        headers = {"jku": hostile.url, "x5u": hostile.url, "jwk": public(OTHER_KEY, "one")}
        assert refused(token(OTHER_KEY, headers=headers))
        assert hostile.asked == []


def test_a_key_for_encrypting_signs_nothing(keys):
    keys.answer = key_set(public(KEY, "one", use="enc"), public(OTHER_KEY, "two"))
    assert refused(token())
    assert isinstance(read(token(OTHER_KEY, headers={"kid": "two"})), Claims)


def test_a_secret_key_in_the_set_signs_nothing(keys):
    secret = b"a secret that is no secret at all"
    shared = {"kty": "oct", "k": base64.urlsafe_b64encode(secret).decode().rstrip("="), "kid": "one", "alg": "HS256"}
    keys.answer = key_set(shared, public(OTHER_KEY, "two"))
    assert refused(hs256(secret))


@pytest.mark.parametrize(("in_token", "given"), [("a", "b"), ("a", ""), (None, "b"), (["a"], "a")])
def test_a_token_for_another_nonce_is_refused(keys, in_token, given):
    assert refused(token(nonce=in_token), given)


def test_a_token_for_this_nonce_is_taken(keys):
    assert isinstance(read(token(nonce="a"), "a"), Claims)


@pytest.mark.parametrize("provider", list(id_tokens.OWN_MAILBOXES))
def test_a_provider_without_clients_of_ours_is_off(keys, settings, provider):
    settings.OAUTH[provider]["audiences"] = []
    refusal = read(token(), provider=provider)
    assert (type(refusal), refusal.code, keys.asked) == (NotYours, "provider_off", [])


# The key set.


def test_keys_are_fetched_once(keys):
    assert [isinstance(read(token()), Claims) for _ in range(3)] == [True] * 3
    assert len(keys.asked) == 1


def test_old_keys_are_fetched_again(keys, settings):
    settings.KEY_SET_LIFETIME = settings.KEY_SET_REST = settings.KEY_SET_PAUSE * 1e-6
    for _ in range(2):
        read(token())
        time.sleep(0.001)
    assert len(keys.asked) == 2


def test_unknown_keys_are_asked_for_once_a_minute_at_most(keys):
    assert isinstance(read(token()), Claims)
    assert all(refused(token(headers={"kid": f"unknown-{n}"})) for n in range(10))
    assert len(keys.asked) == 1


def test_a_new_key_is_found_after_the_pause(keys, settings):
    read(token())
    keys.answer = key_set(public(OTHER_KEY, "two"))
    during = refused(token(OTHER_KEY, headers={"kid": "two"}))
    settings.KEY_SET_PAUSE *= 0
    assert (during, isinstance(read(token(OTHER_KEY, headers={"kid": "two"})), Claims)) == (True, True)


def test_a_key_that_was_withdrawn_is_not_believed_any_more(keys, settings):
    read(token())
    keys.answer, settings.KEY_SET_PAUSE = key_set(public(OTHER_KEY, "two")), settings.KEY_SET_PAUSE * 0
    read(token(OTHER_KEY, headers={"kid": "two"}))
    assert refused(token())


@pytest.mark.parametrize("status", [302, 404, 500, 503])
def test_a_key_set_that_is_away_is_said_to_be(keys, status):
    keys.status = status
    assert isinstance(read(token()), Unavailable)


@pytest.mark.parametrize(
    "answer", [b"<html>", b"", [], {}, {"keys": []}, {"keys": [5]}, {"keys": "x"}, {"keys": [{}]}, None]
)
def test_a_key_set_that_is_none_is_as_good_as_away(keys, answer):
    keys.answer = answer
    assert isinstance(read(token()), Unavailable)


def test_a_server_that_is_not_there_is_away(keys, settings):
    settings.OAUTH["google"]["keys"] = "http://127.0.0.1:9/keys"
    assert isinstance(read(token()), Unavailable)


def test_a_server_that_hangs_is_away_after_the_time_out(keys, settings):
    settings.KEY_SET_TIMEOUT /= 30
    keys.hold = threading.Event()
    began = time.monotonic()
    refusal = read(token())
    keys.hold.set()
    assert (type(refusal), time.monotonic() - began < 5) == (Unavailable, True)


def test_while_one_caller_waits_for_a_server_the_others_do_not_for_long(keys, settings):
    settings.KEY_SET_WAIT /= 20
    keys.hold = threading.Event()
    first = threading.Thread(target=read, args=[token()])
    first.start()
    give_up = time.monotonic() + 10
    while not keys.asked and time.monotonic() < give_up:
        time.sleep(0.01)
    other = read(token())
    still_waiting = first.is_alive()
    keys.hold.set()
    first.join()
    assert (type(other), still_waiting, len(keys.asked)) == (Unavailable, True, 1)
    assert isinstance(read(token()), Claims)


def test_a_server_that_is_away_is_not_asked_by_every_caller(keys):
    keys.status = 503
    assert all(isinstance(read(token()), Unavailable) for _ in range(5))
    assert len(keys.asked) == 1


def test_a_server_that_came_back_is_asked_again(keys, settings):
    keys.status = 503
    read(token())
    keys.status, settings.KEY_SET_REST = 200, settings.KEY_SET_REST * 0
    assert isinstance(read(token()), Claims)


def test_keys_at_hand_outlast_a_server_that_went_away(keys, settings):
    read(token())
    keys.status, settings.KEY_SET_PAUSE = 503, settings.KEY_SET_PAUSE * 0
    assert refused(token(headers={"kid": "unknown"}))
    assert isinstance(read(token()), Claims)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_waits_for_the_keys(api, keys):
    """While the provider is silent nothing of the request is open in the database."""
    keys.hold = threading.Event()
    path, body = "/api/auth/oauth/google", {"id_token": token(), "device_label": "phone"}
    replies: list[Any] = []
    client = api()

    def call() -> None:
        replies.append(client.post(path, body))
        connection.close()

    caller = threading.Thread(target=call)
    caller.start()
    give_up = time.monotonic() + 10
    while not keys.asked and time.monotonic() < give_up:
        time.sleep(0.01)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        waiting = cursor.fetchone()[0]
    keys.hold.set()
    caller.join()
    assert (waiting, replies[0].status_code, User.objects.count()) == (0, 200, 1)
