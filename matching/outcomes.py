"""What may become of a match, for the engine to be measured by; apps above add what they alone know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from matching.enums import MatchStatus
from matching.models import Match
from safety.models import AuditLog

HORIZON = timedelta(days=14)
"""How long after the second acceptance what becomes of two people is watched; for all of them equally long."""

Found = Mapping[UUID, bool]


@dataclass(frozen=True)
class Outcome:
    """`known` says of some matches whether they came to it. It is silent of those where it cannot be told, or not yet:
    what happens soon must not stand for what happens.
    """

    name: str
    meaning: str
    known: Callable[[QuerySet[Match], datetime], Found]


_outcomes: list[Outcome] = []


def register(outcome: Outcome) -> None:
    """Called from `apps.ready()` of the app that knows."""
    _outcomes.append(outcome)


def outcomes() -> tuple[Outcome, ...]:
    return tuple(_outcomes)


def accepted(matches: QuerySet[Match], now: datetime) -> Found:
    """Of those whose time to answer is over; not of those that were closed before, which nobody judged."""
    over = matches.filter(expires_at__lte=now).annotate(accepted_at=_came_to(MatchStatus.ACCEPTED_BOTH))
    judged = {MatchStatus.DECLINED, MatchStatus.EXPIRED}
    rows = over.values_list("id", "status", "accepted_at")
    return {match: at is not None for match, status, at in rows if at is not None or status in judged}


def revealed(matches: QuerySet[Match], now: datetime) -> Found:
    """Of those that both accepted."""
    watched = matches.annotate(
        accepted_at=_came_to(MatchStatus.ACCEPTED_BOTH), revealed_at=_came_to(MatchStatus.REVEALED)
    ).filter(accepted_at__lte=now - HORIZON)
    rows = watched.values_list("id", "accepted_at", "revealed_at")
    return {match: at is not None and at <= since + HORIZON for match, since, at in rows}


def _came_to(status: MatchStatus) -> Subquery:
    """When a match first came to a status: the audit of its transitions knows."""
    history = AuditLog.objects.filter(entity=Match._meta.db_table, entity_id=OuterRef("id"), action="transition")
    return Subquery(history.filter(data__to=status).order_by("created_at").values("created_at")[:1])


def declare() -> None:
    register(Outcome("accepted", "both said yes", accepted))
    register(Outcome("revealed", f"both showed themselves within {HORIZON.days} days of saying yes", revealed))
