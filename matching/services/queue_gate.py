"""Who may wait for a live conversation: one condition says it for joining, for going back and for being paired."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from config.errors import WrongState
from connect import exposure
from connect.enums import Mode
from connect.models import ConnectProfile, User
from matching.models import Match, PoolEntry
from matching.services import discovery_gate, meetings
from safety.roles import as_service

MODES = (Mode.FRIENDSHIP, Mode.BOTH)
"""Talking live is for making friends."""


def conditions(now: datetime) -> dict[str, Any]:
    """By the code of its absence what has to be true of a user."""
    member = ConnectProfile.objects.active().filter(user=OuterRef("pk"))
    return {
        "consent_missing": Exists(discovery_gate.consented()),
        "not_in_pool": Exists(meetings.available(now).filter(pk=OuterRef("pk"))),
        "mode_not_friendship": Exists(member.filter(mode__in=MODES)),
        "not_scored": Exists(PoolEntry.objects.ready().filter(user=OuterRef("pk"))),
    }


def allowed(now: datetime) -> QuerySet[User]:
    """People who may wait, and talk to nobody live. To be read as the service."""
    return User.objects.filter(exposure.invited(), *conditions(now).values(), *_not_talking())


def may_wait(user_id: UUID, now: datetime) -> bool:
    """Needs the service role."""
    return allowed(now).filter(id=user_id).exists()


def check(user_id: UUID, now: datetime) -> None:
    """Raises WrongState: queue_locked, which names all that is `unmet`; in_session, with its `session_id`."""
    with as_service():
        lacking = unmet(user_id, now)
        talking = Match.objects.talking_live().of(user_id).values_list("id", flat=True).first()
    if lacking:
        raise WrongState("The queue is not open to you yet.", code="queue_locked", unmet=lacking)
    if talking:
        raise WrongState("You are talking to somebody.", code="in_session", session_id=str(talking))


def unmet(user_id: UUID, now: datetime) -> list[str]:
    """The codes of all that keeps a person out, in an order that stays the same. One query."""
    wanted = conditions(now)
    with as_service():
        has = User.objects.filter(id=user_id).values_list(*wanted.values()).first()
    return [code for code, met in zip(wanted, has or [False] * len(wanted), strict=True) if not met]


def _not_talking() -> list[Any]:
    """On either side: asked apart, each is found by its index; asked together, everybody is held against every pair."""
    talking = Match.objects.talking_live()
    return [~Exists(talking.filter(**{side: OuterRef("pk")})) for side in ("user_a", "user_b")]
