"""Rows that are seen to one after the other, of which one that fails keeps back no other."""

from collections.abc import Callable, Iterable
from typing import Any

import structlog

logger = structlog.get_logger(__name__)


def each(see_to: Callable[..., int], rows: Iterable[tuple[Any, ...]], *, failed: str) -> int:
    """See to every row, given as arguments with its id first; the sum of what `see_to` says.

    `see_to` opens its own transaction. A fault is logged as `failed` with the id, and counts nothing. The row is still
    due then, so that a batch has to be taken in no order, or what fails would always be first in it.
    """
    return sum(_attempt(see_to, row, failed) for row in rows)


def _attempt(see_to: Callable[..., int], row: tuple[Any, ...], failed: str) -> int:
    try:
        return see_to(*row)
    except Exception:
        logger.exception(failed, id=str(row[0]))
        return 0
