"""What all writers have in common, and the choice among what they wrote."""

from collections.abc import Callable, Iterable

import structlog

from connect.enums import WriterName
from connect.writers.leaks import Secrets, leak

logger = structlog.get_logger(__name__)

Framed = tuple[str, WriterName]
"""A text and who wrote it."""


class WriterFailed(Exception):
    """There is no text to be had from this writer now."""


def first_fit(names: Iterable[WriterName], write: Callable[[WriterName], str], *secrets: Secrets) -> Framed | None:
    """The first text that gives nobody away; None where no writer has one.

    A writer that fails (WriterFailed) is passed over, and so is one that says too much. May wait for somebody outside.
    """
    for name in dict.fromkeys(names):
        try:
            text = write(name)
        except WriterFailed as exc:
            logger.warning("writer_failed", writer=name, error=str(exc))
            continue
        leaked = next(filter(None, (leak(text, kept) for kept in secrets)), None)
        if leaked is None:
            return text, name
        logger.warning("text_rejected", writer=name, leaked=leaked)
    return None
