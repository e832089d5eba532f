"""The gate before discovery. Whoever may look is whoever may be found: one condition says both."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, QuerySet

from config.errors import WrongState
from config.prepared import Prepared
from connect import requirements
from connect.enums import Mode, Purpose
from connect.models import ConnectProfile, Consent, User
from matching.enums import Server
from matching.services import capacity, meetings
from safety.roles import as_service

MODES = {
    Server.PARTNER: (Mode.ROMANCE, Mode.BOTH),
    Server.FRIEND: (Mode.FRIENDSHIP, Mode.BOTH),
    Server.GROWTH: (Mode.ROMANCE, Mode.FRIENDSHIP, Mode.BOTH),
}
"""Who is in which server, by what they opted in to."""


def discoverable(now: datetime) -> QuerySet[User]:
    """People who may look for others in discovery, and be found: in good standing, in the pool, with consent and all
    that is required, and with room. To be read as the service.
    """
    return meetings.available(now).filter(requirements.met(), Exists(consented()), capacity.with_room())


def consented() -> QuerySet[Consent]:
    """Live consents to matching of the person of an outer query."""
    return Consent.objects.live().filter(user=OuterRef("pk"), purpose=Purpose.MATCHING)


def modes_of(server: Server) -> QuerySet[ConnectProfile]:
    """Opt-ins to what a server is for, of the person of an outer query."""
    return ConnectProfile.objects.active().filter(user=OuterRef("pk"), mode__in=MODES[server])


def _passing(server: Server) -> Prepared[User]:
    return Prepared(lambda user_id, now: discoverable(now).filter(Exists(modes_of(server)), id=user_id).only("id"))


# Asked whenever somebody looks at a batch.
_PASSING = {server: _passing(server) for server in Server}


def check(user_id: UUID, server: Server, now: datetime) -> None:
    """Raises WrongState (discovery_locked), which names all that is `unmet`. Needs the service role."""
    if _PASSING[server].first(user_id=user_id, now=now) is None:
        lacking = unmet(user_id, now) or ["not_looking_here"]
        raise WrongState("Discovery is not open to you yet.", code="discovery_locked", unmet=lacking)


def unmet(user_id: UUID, now: datetime) -> list[str]:
    """The codes of all that keeps a person out of every server, in an order that stays the same. Two queries."""
    with as_service():
        has = User.objects.filter(id=user_id).values_list(*conditions(now).values()).first()
        own = [code for code, met in zip(conditions(now), has or [False] * 3, strict=True) if not met]
        return [*requirements.unmet(user_id), *own]


def conditions(now: datetime) -> dict[str, Any]:
    """By the code of its absence what has to be true of a user besides what `connect.requirements` asks."""
    return {
        "consent_missing": Exists(consented()),
        "not_in_pool": Exists(meetings.available(now).filter(pk=OuterRef("pk"))),
        "capacity_full": ExpressionWrapper(capacity.with_room(), output_field=BooleanField()),
    }


def looks_in(user_id: UUID) -> list[Server]:
    """The servers that what a person opted in to is for."""
    with as_service():
        mode = ConnectProfile.objects.active().filter(user=user_id).values_list("mode", flat=True).first()
    return servers_of(mode)


def servers_of(mode: str | None) -> list[Server]:
    return [server for server, modes in MODES.items() if mode in modes]
