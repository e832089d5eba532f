"""Asking a painter outside: no longer than FAL_TIMEOUT, no more than so many bytes, and never where a redirect leads.

What address a picture has, others say: it is fetched over https alone, from hosts of FAL_IMAGE_HOSTS alone, at a public
address that does not change between the look and the call.
"""

import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx
from django.conf import settings

from connect import public_hosts
from faces.painters.base import Broken, Temporary


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


def exchange(request: httpx.Request, *, most: int) -> Answer:
    """Send a request. Raises httpx.HTTPError, also for an answer that takes too long, and Broken for a longer one."""
    ends = time.monotonic() + settings.FAL_TIMEOUT
    with httpx.Client(trust_env=False, timeout=settings.FAL_TIMEOUT) as client:
        answer = client.send(request, stream=True)
        try:
            return Answer(answer.status_code, answer.headers.get("Content-Type", ""), _body(answer, most, ends))
        finally:
            answer.close()


def download(address: str) -> Answer:
    """What is at an address that somebody else named. Raises Broken for one that nothing is fetched from, Temporary
    for a name that leads nowhere, and as `exchange` does.
    """
    try:
        where = urlsplit(address)
        trusted = f"{where.scheme}://{where.netloc}" in settings.FAL_TRUSTED_ORIGINS
        if not trusted and not _is_theirs(where):
            raise Broken("an address of somebody else")
        request = httpx.Request("GET", address) if trusted else _pinned(address, where.hostname or "")
    except (ValueError, httpx.InvalidURL) as exc:
        raise Broken("no address") from exc
    return exchange(request, most=settings.PICTURE_BYTES)


def _body(answer: httpx.Response, most: int, ends: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > most:
            raise Broken(f"more than {most} bytes")
        if time.monotonic() > ends:
            raise httpx.ReadTimeout("it takes too long", request=answer.request)
    return bytes(body)


def _is_theirs(where: SplitResult) -> bool:
    """Without a port, a name or a password in it: nothing but a host of theirs."""
    host = where.hostname or ""
    named = any(host == known or host.endswith(f".{known}") for known in settings.FAL_IMAGE_HOSTS)
    return where.scheme == "https" and where.netloc.lower() == host and named


def _pinned(address: str, host: str) -> httpx.Request:
    """By its address, so that the name cannot lead elsewhere by now; the certificate is still held to the name."""
    try:
        found = public_hosts.address_of(host)
    except OSError as exc:
        raise Temporary(f"{host}: {exc}") from exc
    where = httpx.URL(address).copy_with(host=found)
    return httpx.Request("GET", where, headers={"Host": host}, extensions={"sni_hostname": host})
