"""The rules in force, compiled once a process and looked up anew every few seconds, never once a message.

The rules that ship stand in until those of the database are loaded, and where it holds no usable active one, so that
nothing goes unmoderated. When loading fails, the last good set stays.
"""

import threading
import time
from collections.abc import Iterable
from functools import cache

import structlog
from django.conf import settings
from django.db import transaction

from safety.models import ModerationRule
from safety.roles import as_service
from safety.words import rules
from safety.words.matcher import BadPattern, Decision, Matcher, check
from safety.words.rules import Rule

logger = structlog.get_logger(__name__)


class Rulebook:
    """A compiled set of rules that keeps itself current. Safe to share between threads."""

    def __init__(self, given: Iterable[Rule]) -> None:
        self._held = list(given)
        self._matcher = Matcher(self._held)
        self._rows: list[tuple[object, ...]] = []
        self._due = 0.0
        self._loading = threading.Lock()

    def judge(self, text: str) -> Decision:
        """What becomes of a text, by rules that are a few seconds old at most."""
        if time.monotonic() >= self._due and self._loading.acquire(blocking=False):
            try:
                self._refresh()
            except Exception as exc:
                logger.error("rules_not_loaded", error=type(exc).__name__)
            finally:
                self._loading.release()
        return self._matcher.judge(text)

    def _refresh(self) -> None:
        self._due = time.monotonic() + settings.RULES_REFRESH.total_seconds()
        # A savepoint within a message's transaction: what goes wrong here does not undo that.
        with transaction.atomic(), as_service():
            rows = list(ModerationRule.objects.active().order_by("id").values_list(*_FIELDS))
        if rows != self._rows:
            self._hold(_in_force(ModerationRule(**_named(row)) for row in rows))
            self._rows = rows

    def _hold(self, fresh: list[Rule]) -> None:
        """Compiling takes a moment; a table that holds what ships, as most do, needs it once."""
        if fresh != self._held:
            self._matcher, self._held = Matcher(fresh), fresh


@cache
def book() -> Rulebook:
    """The one of this process."""
    return Rulebook(rules.shipped())


def judge(text: str) -> Decision:
    """What becomes of a text by the rules in force."""
    return book().judge(text)


def current_matcher() -> Matcher:
    """The rules in force at this moment, compiled anew: for trying them out."""
    with transaction.atomic(), as_service():
        return Matcher(_in_force(ModerationRule.objects.active().order_by("id")))


_FIELDS = ("id", "label", "language", "kind", "view", "pattern", "risk", "lowers")


def _named(row: tuple[object, ...]) -> dict[str, object]:
    return dict(zip(_FIELDS, row, strict=True))


def _in_force(active: Iterable[ModerationRule]) -> list[Rule]:
    """The active rules that can be used, else the shipped ones."""
    return [rule for row in active if (rule := _usable(row))] or rules.shipped()


def _usable(row: ModerationRule) -> Rule | None:
    """None for a rule that came past the admin, or that this version does not know: it must not take the rest along."""
    try:
        rule = row.as_rule()
        check(rule)
    except (ValueError, BadPattern) as exc:
        logger.error("rule_unusable", rule=str(row.id), error=str(exc))
        return None
    return rule
