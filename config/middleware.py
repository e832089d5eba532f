"""What stands before every view: the check of the Host, and the admin's transaction."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware

from safety.roles import as_service, name_actor

# Probes call an address, not a name.
PROBED = {"/healthz", "/readyz", "/metrics"}
View = Callable[[HttpRequest], HttpResponseBase]


@sync_only_middleware
def refuse_foreign_hosts(get_response: View) -> View:
    """Raise DisallowedHost before any work, and not only where a view happens to build an address."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path not in PROBED:
            request.get_host()
        return get_response(request)

    return answer


@sync_only_middleware
def refuse_null_characters(get_response: View) -> View:
    """PostgreSQL has no text with one in it; the admin's lists would ask for it all the same."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith("/admin/") and any("\x00" in word for word in request.GET.values()):
            raise SuspiciousOperation("a null character in the query")
        return get_response(request)

    return answer


@sync_only_middleware
class AdminMiddleware:
    """Run each admin request in one transaction under the service role; a failed one leaves nothing behind.

    Django admin is the one part that does not go through `safety.api.Endpoint`.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/admin/"):
            # There is no role here under which a staff session could be read, and nothing that needs one.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            return self.get_response(request)
        with transaction.atomic(), as_service():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """From here on the audit knows who acts."""
        if request.path.startswith("/admin/") and request.user.is_authenticated:
            name_actor(request.user.pk)
