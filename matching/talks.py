"""Where the app that looks after conversations says whether two people whom a match brought together have talked."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Talk:
    """`mutual`: each of the two said something, and the other was told it."""

    conversation_id: UUID
    mutual: bool


Finder = Callable[[UUID], Talk | None]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Called from `apps.ready()` of the app that knows."""
    _finders[:] = [finder]


def of(match_id: UUID) -> Talk | None:
    """The talk of a match, None where there was none or it is not kept any more. Needs the service's rights."""
    (finder,) = _finders
    return finder(match_id)
