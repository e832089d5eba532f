"""How well discovery is off: who can be found, who runs out of people, and how evenly people are shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, F, Func, Q

from matching.engine.ranking import gini
from matching.enums import Server
from matching.models import DiscoveryBatch, DiscoveryEntry


@dataclass(frozen=True)
class ServerHealth:
    """Of one server: who may be found there, and of the live batches how many had fewer than five people."""

    visible: int
    batches: int
    exhausted: int


@dataclass(frozen=True)
class Health:
    """`people` are all in the pool; `unmet` how many of them what keeps out, by its code; `gini` the inequality of
    exposure among those who may be found, from 0 to 1.
    """

    people: int
    visible: int
    unmet: Mapping[str, int]
    gini: float
    servers: Mapping[Server, ServerHealth]


def health() -> Health:
    """As the entries have it, which may be minutes old; five queries. Needs the service role."""
    found = DiscoveryEntry.objects.filter(visible=True, has_room=True)
    live = DiscoveryBatch.objects.live().order_by().values_list("server")
    batches = {row[0]: row[1:] for row in live.annotate(n=Count("id"), exhausted=Count("id", filter=Q(exhausted=True)))}
    each = found.aggregate(**{server.value: Count("id", filter=Q(servers__contains=[server])) for server in Server})
    return Health(
        people=DiscoveryEntry.objects.count(),
        visible=found.count(),
        unmet=_unmet(),
        gini=_gini(dict(found.order_by().values_list("exposure").annotate(n=Count("id")))),
        servers={server: ServerHealth(each[server], *batches.get(server, (0, 0))) for server in Server},
    )


def _unmet() -> dict[str, int]:
    codes = DiscoveryEntry.objects.annotate(code=Func(F("unmet"), function="unnest")).order_by()
    return dict(codes.values_list("code").annotate(n=Count("id")).order_by("code"))


def _gini(people: Mapping[int, int]) -> float:
    """Of how many people were shown how often."""
    return gini(np.repeat(list(people), list(people.values()))) if any(people) else 0.0
