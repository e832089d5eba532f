"""Web push: one message to one browser's push service, as RFC 8030, 8291 and 8292 have it.

What is sent is encrypted for the browser (pywebpush) and signed with our VAPID key; where it goes was said by a client,
so it goes to public hosts alone.
"""

import asyncio
import socket
import tomllib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid, VapidException
from pywebpush import WebPusher, WebPushException

from config.errors import Invalid
from connect import public_hosts
from connect.enums import NotificationType

OTHER = "other"
TEXTS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).resolve().parent / "data" / "push.toml").read_text(encoding="utf-8")
)
SIGNED_FOR = timedelta(hours=12)
POINT_BYTES, SECRET_BYTES = 65, 16
FAILURES = (OSError, ValueError, httpx.HTTPError, httpx.InvalidURL, WebPushException, VapidException)


@dataclass(frozen=True)
class Message:
    """What goes to one browser; one with the same `topic` that was not shown yet is replaced."""

    endpoint: str
    p256dh: str
    auth: str
    body: bytes
    topic: str
    lasts: int


@dataclass(frozen=True)
class Outcome:
    """What the push service said: its status, 0 if it was not reached; seconds to wait before the next try, if any."""

    status: int
    wait: int = 0
    fault: str = ""


def is_on() -> bool:
    """Whether people may be told by push."""
    return bool(settings.PUSH_ENABLED and settings.VAPID_PRIVATE_KEY)


def public_key() -> str | None:
    """What a browser needs to subscribe; None while push is off."""
    return _written(_signer(settings.VAPID_PRIVATE_KEY)) if is_on() else None


def text_of(kind: NotificationType, language: str) -> str:
    """What a locked screen may show of such a notification."""
    words = TEXTS.get(language, TEXTS[settings.LANGUAGE_CODE])
    return words.get(kind, words[OTHER])


def check_address(endpoint: str) -> None:
    """Raises Invalid (push_endpoint_refused) for what is no address of a public push service."""
    try:
        where = urlsplit(endpoint)
        accepted = _is_trusted(where) or (_is_plain(endpoint) and _is_public(where))
    except ValueError:
        accepted = False
    if not accepted:
        raise Invalid("This is no address of a push service.", code="push_endpoint_refused")


def check_keys(p256dh: str, auth: str) -> None:
    """Raises Invalid (push_keys_refused) for keys that nothing can be encrypted for."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(p256dh, POINT_BYTES))
        _raw(auth, SECRET_BYTES)
    except ValueError as exc:
        raise Invalid("These are no keys of a browser.", code="push_keys_refused") from exc


async def send_all(messages: Sequence[Message], *, now: datetime) -> list[Outcome]:
    """Hand each to its push service, all at the same time and none for longer than PUSH_TIMEOUT."""
    return list(await asyncio.gather(*(_send(message, now) for message in messages)))


async def _send(message: Message, now: datetime) -> Outcome:
    try:
        async with asyncio.timeout(settings.PUSH_TIMEOUT.total_seconds()):
            return await _post(message, now)
    except FAILURES as exc:
        return Outcome(0, fault=type(exc).__name__)


async def _post(message: Message, now: datetime) -> Outcome:
    """The library's own way of sending would follow redirects and read whatever is answered: only the status and
    Retry-After are read here.
    """
    where = urlsplit(message.endpoint)
    host = where.hostname or ""
    address = host if _is_trusted(where) else await _public_address(host)
    sealed = WebPusher(_subscription(message)).encode(message.body)["body"]
    async with httpx.AsyncClient(trust_env=False, timeout=settings.PUSH_TIMEOUT.total_seconds()) as client:
        # By its address, so that the name cannot lead elsewhere by now; the certificate is still held to the name.
        request = client.build_request(
            "POST",
            httpx.URL(message.endpoint).copy_with(host=address),
            content=sealed,
            headers={"Host": where.netloc, **_headers(message, where, now)},
            extensions={"sni_hostname": host},
        )
        answer = await client.send(request, stream=True)
        await answer.aclose()
    return Outcome(answer.status_code, _seconds(answer.headers.get("Retry-After", "")))


def _subscription(message: Message) -> Mapping[str, Any]:
    return {"endpoint": message.endpoint, "keys": {"p256dh": message.p256dh, "auth": message.auth}}


def _headers(message: Message, where: SplitResult, now: datetime) -> dict[str, str]:
    return {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.lasts),
        "Topic": message.topic,
        **_signature(f"{where.scheme}://{where.netloc}", now),
    }


def _signature(audience: str, now: datetime) -> dict[str, str]:
    claims = {"aud": audience, "sub": settings.VAPID_SUBJECT, "exp": int((now + SIGNED_FOR).timestamp())}
    signed: dict[str, str] = _signer(settings.VAPID_PRIVATE_KEY).sign(claims)
    return signed


def _is_trusted(where: SplitResult) -> bool:
    return f"{where.scheme}://{where.netloc}" in settings.PUSH_TRUSTED_ORIGINS


def _is_plain(endpoint: str) -> bool:
    return endpoint.isascii() and endpoint.isprintable() and " " not in endpoint


def _is_public(where: SplitResult) -> bool:
    """By its looks: a name under https and nothing else; what it leads to is looked at when something is sent."""
    host = where.hostname or ""
    named = where.netloc.lower() == host and "." in host.strip(".") and not _is_literal(host)
    return where.scheme == "https" and named


def _is_literal(host: str) -> bool:
    """Also in the spellings that a resolver takes for an address: 127.1, 0x7f.0.0.1."""
    try:
        socket.inet_aton(host)
    except OSError:
        return ":" in host
    return True


async def _public_address(host: str) -> str:
    """One address of a host. Raises OSError if it has none, or one that is not public."""
    found = await asyncio.get_running_loop().getaddrinfo(host, public_hosts.HTTPS, type=socket.SOCK_STREAM)
    return public_hosts.public([str(entry[4][0]) for entry in found])


def _seconds(retry_after: str) -> int:
    return int(retry_after) if retry_after.isdecimal() and len(retry_after) < 8 else 0


def _raw(text: str, length: int) -> bytes:
    """What base64url stands for. Raises ValueError for what is none, or of another length."""
    raw = urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    if len(raw) != length or urlsafe_b64encode(raw).rstrip(b"=") != text.rstrip("=").encode():
        raise ValueError("not of that length, or not base64url")
    return raw


@cache
def _signer(private_key: str) -> Any:
    return Vapid.from_string(private_key)


def _written(signer: Any) -> str:
    point = signer.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()
