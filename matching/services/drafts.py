"""Proposals into the database, as far as they still hold: since the pool was loaded, people moved on."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.expressions import RawSQL

from config import bulk
from config.db import new_id
from connect.models import Consent
from matching.engine.parameters import Parameters
from matching.enums import Pathway
from matching.models import Match, MatchingRun, PoolEntry
from matching.services import pairs, people
from matching.services.pipeline import Draft


class Made(NamedTuple):
    """A match that was stored."""

    id: UUID
    user_a_id: UUID
    user_b_id: UUID


def put(
    *,
    drafts: list[Draft],
    ids: list[UUID],
    parameters: Parameters,
    run: MatchingRun | None,
    since: datetime,
    now: datetime,
) -> list[Made]:
    """Write what still holds in one statement; the matches made. `since` when the drafts' facts were read. Needs the
    service role.

    Locks the people first, as everything does that blocks, closes or deactivates, and only then looks again.
    """
    involved = list({ids[i] for draft in drafts for i in (draft.first, draft.second)})
    locked = get_user_model()._default_manager.filter(id__in=bulk.any_of(involved)).order_by("id")
    list(locked.select_for_update(no_key=True).values_list("id", flat=True))
    free, apart = _free(involved, parameters, since), _apart(involved, parameters, now)
    couples = [sorted((ids[draft.first], ids[draft.second])) for draft in drafts]
    rows = [
        {"id": new_id(), "user_a_id": a, "user_b_id": b, **_common(parameters, run, now), **draft.fields}
        for draft, (a, b) in zip(drafts, couples, strict=True)
        if a in free and b in free and (a, b) not in apart
    ]
    stored = bulk.insert(Match, rows)
    return [Made(row["id"], row["user_a_id"], row["user_b_id"]) for row in rows if row["id"] in stored]


def _common(parameters: Parameters, run: MatchingRun | None, now: datetime) -> dict[str, Any]:
    return {
        "pathway": Pathway.COMPATIBILITY,
        "run_id": run and run.id,
        "engine_version": parameters.version,
        "expires_at": now + parameters.lifetime,
    }


def _free(involved: list[UUID], parameters: Parameters, since: datetime) -> set[UUID]:
    """Who of them may still get a proposal, on all that they allowed `since`."""
    them = bulk.any_of(involved)
    free = set(people.eligible(capacity=parameters.capacity).filter(user__in=them).values_list("user_id", flat=True))
    free -= _changed(them, since)
    return free - set(Consent.objects.filter(user__in=them, revoked_at__gte=since).values_list("user_id", flat=True))


def _apart(involved: list[UUID], parameters: Parameters, now: datetime) -> set[tuple[UUID, UUID]]:
    """Who of them may not get a proposal from whom, both ways."""
    found = pairs.excluded(involved, decline_rest=parameters.decline_rest, now=now)
    return {(involved[one], involved[other]) for one, other in found.pairs.tolist()}


def _changed(involved: RawSQL, since: datetime) -> set[UUID]:
    """Who is not as they were: they are looked at anew when their entries are built."""
    changed = PoolEntry.objects.filter(Q(due_at__isnull=False) | Q(built_at__gt=since), user__in=involved)
    return set(changed.values_list("user_id", flat=True))
