"""The admin's transaction: Django admin is the one part that does not go through `safety.api.Endpoint`."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware

from safety.roles import as_service, name_actor


@sync_only_middleware
class AdminMiddleware:
    """Run each admin request in one transaction under the service role; a failed one leaves nothing behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
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
