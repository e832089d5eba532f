"""Where a person stands in discovery, out of several tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connect.models import User
from matching.enums import Server as Code
from matching.models import DiscoveryBatch, Server
from matching.services import discovery_gate
from matching.services.batches import refreshable_at
from safety.roles import as_service


@dataclass(frozen=True)
class ServerState:
    """What a server has for a person, what keeps them out of it, and when they may have new cards (None: at once)."""

    server: str
    name: str
    batch: Literal["none", "live", "exhausted"]
    made_at: datetime | None
    refreshable_at: datetime | None
    unmet: list[str]


def servers(user: User, now: datetime) -> list[ServerState]:
    """Of all servers, in their order; five queries."""
    with as_service():
        batches = {batch.server: batch for batch in DiscoveryBatch.objects.filter(person=user.id).live()}
        begun = {*DiscoveryBatch.objects.filter(person=user.id).values_list("server", flat=True).distinct()}
        unmet, open_to_them = discovery_gate.unmet(user.id, now), discovery_gate.looks_in(user.id)
    at = refreshable_at(user, now)
    return [
        _state(
            server,
            batches.get(server.code),
            at if server.code in begun else None,
            unmet,
            Code(server.code) in open_to_them,
        )
        for server in Server.objects.all()
    ]


def _state(
    server: Server, batch: DiscoveryBatch | None, at: datetime | None, unmet: list[str], looks_here: bool
) -> ServerState:
    state: Literal["none", "live", "exhausted"] = "none"
    if batch:
        state = "exhausted" if batch.exhausted else "live"
    lacking = unmet if looks_here or unmet else ["not_looking_here"]
    return ServerState(server.code, server.name, state, batch.made_at if batch else None, at, lacking)
