"""Where apps above say whom else people know by the id of a match, so that these are reported and blocked alike."""

from collections.abc import Callable
from uuid import UUID

Finder = Callable[[UUID, UUID], UUID | None]
"""Who is the other person of a match of this kind, for one of its two; None for anybody else. Asked as the service."""

_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Called from `apps.ready()` of the app that owns these matches; `kind` is what a report is about then."""
    _finders[kind] = finder


def known(match_id: UUID, by: UUID) -> tuple[str, UUID] | None:
    """Of which kind a match is, and who the other is. Needs the service role."""
    found = ((kind, finder(match_id, by)) for kind, finder in _finders.items())
    return next(((kind, other) for kind, other in found if other), None)
