"""Where a request comes from, on every line that is logged of it."""

from typing import Any

import structlog
from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata


@receiver(bind_extra_request_metadata)
def bind_address(request: HttpRequest, **kwargs: Any) -> None:
    """The address that limits count by. The library's own search of all headers believes whatever a client sends."""
    structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR"))
