"""The product without its protections: no role is taken, no limit counted, nothing audited; all else is the same code.

Idempotency is off for whoever sends no key, and what triggers check and record is off while the benchmark disables
them on its table. DJANGO_SETTINGS_MODULE is `bench.settings_unprotected`.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from config.asgi import application
from safety import limits, roles
from safety.services import audit

__all__ = ["application"]


def _no_identity(role: str, user_id: str | None, to_the_end: bool) -> AbstractContextManager[None]:
    return nullcontext()


def _nothing(*args: Any, **kwargs: Any) -> None:
    return None


roles._identity = _no_identity  # type: ignore[assignment]
limits.check = _nothing  # type: ignore[assignment]
audit.record = _nothing  # type: ignore[assignment]
