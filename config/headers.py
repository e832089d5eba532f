"""What every answer tells the browser that it may not do with it."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware

View = Callable[[HttpRequest], HttpResponseBase]
R = TypeVar("R", bound=HttpResponseBase)

_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
)
# The admin's pages hold no script of their own, but the library that moves them evaluates their attributes.
POLICIES = {
    "/admin/": _PAGE + "script-src 'self' 'unsafe-eval'",
    "/api/docs": _PAGE + "script-src 'self'",
}
EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@sync_only_middleware
def protect_answers(get_response: View) -> View:
    """Stands first, so that no answer of another middleware goes out without."""
    return lambda request: protected(get_response(request), request.path)


def protected(response: R, path: str = "") -> R:
    """The response with the headers its path needs, and those it has left alone; what is no file is not kept."""
    headers = response.headers
    for name, value in EVERYWHERE.items():
        headers.setdefault(name, value)
    policy = next((policy for start, policy in POLICIES.items() if path.startswith(start)), _NOTHING)
    headers.setdefault("Content-Security-Policy", policy)
    if not path.startswith(settings.STATIC_URL):
        headers.setdefault("Cache-Control", "no-store")
    return response
