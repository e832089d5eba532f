"""Whose word is taken for where a request comes from."""

import asyncio
import re
from pathlib import Path

import pytest
from django.conf import settings as configured

from bench.stack import SERVER
from config.proxies import behind_proxies

LOOPBACK, PROXY, CLIENT = "127.0.0.1", "10.1.0.7", "203.0.113.9"


def seen(peer, forwarded, kind="http"):
    """The address and the scheme that the application is told, for a connection from `peer`."""
    told = {}

    async def application(scope, receive, send):
        told.update(scope)

    headers = [(b"x-forwarded-for", forwarded.encode()), (b"x-forwarded-proto", b"https")]
    scope = {"type": kind, "client": (peer, 4711), "scheme": "http", "headers": headers}
    asyncio.run(behind_proxies(application)(scope, None, None))
    return told["client"][0], told["scheme"]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("peer", [LOOPBACK, PROXY, CLIENT])
def test_without_proxies_a_request_comes_from_where_its_connection_comes_from(settings, peer, kind):
    settings.TRUSTED_PROXIES = []
    assert seen(peer, "198.51.100.1", kind) == (peer, "http")


@pytest.mark.parametrize("trusted", [PROXY, "10.1.0.0/16"])
def test_a_named_proxy_says_where_it_comes_from(settings, trusted):
    settings.TRUSTED_PROXIES = [trusted]
    assert seen(PROXY, CLIENT) == (CLIENT, "https")


@pytest.mark.parametrize("peer", [LOOPBACK, CLIENT])
def test_nobody_else_does(settings, peer):
    settings.TRUSTED_PROXIES = [PROXY]
    assert seen(peer, "198.51.100.1") == (peer, "http")


def test_what_a_client_wrote_before_the_proxy_is_not_believed(settings):
    settings.TRUSTED_PROXIES = [PROXY]
    assert seen(PROXY, f"198.51.100.1, {CLIENT}") == (CLIENT, "https")


def test_nothing_is_trusted_unless_set():
    assert configured.TRUSTED_PROXIES == []


@pytest.mark.parametrize("name", ["Procfile", "Dockerfile"])
def test_the_server_itself_believes_nobody(name):
    started = re.findall(r"-m uvicorn .*", (Path(configured.BASE_DIR) / name).read_text())
    assert started and all("--no-proxy-headers" in line for line in started)


def test_nor_does_the_one_that_is_measured():
    assert "--no-proxy-headers" in SERVER
