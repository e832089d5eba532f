"""Whose word is taken for where a request comes from: that of the proxies named in TRUSTED_PROXIES, of nobody else."""

from typing import Any

from django.conf import settings
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware


def behind_proxies(application: Any) -> Any:
    """The application as seen through the proxies that stand in front of it.

    Without any, X-Forwarded-For and -Proto are what a client wrote there, whatever address it comes from: the server
    itself is started with `--no-proxy-headers`, since it would believe everybody on this machine.
    """
    trusted = settings.TRUSTED_PROXIES
    return ProxyHeadersMiddleware(application, trusted_hosts=trusted) if trusted else application
