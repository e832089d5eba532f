"""Proposals into the database, as far as they still hold: since the pool was loaded, people moved on."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.expressions import RawSQL

from config import bulk
from connect.models import Consent
from matching.engine.parameters import Parameters
from matching.enums import Pathway
from matching.models import Match, MatchingRun, PoolEntry
from matching.services import pairs, people
from matching.services.pipeline import Draft


def put(
    *,
    drafts: list[Draft],
    ids: list[UUID],
    parameters: Parameters,
    run: MatchingRun | None,
    since: datetime,
    now: datetime,
) -> list[Match]:
    """Write what still holds in one statement; the matches made. `since` when the drafts' facts were read. Needs the
    service role.

    Locks the people first, as everything does that blocks, closes or deactivates, and only then looks again.
    """
    locked = get_user_model()._default_manager.filter(id__in=bulk.any_of(_involved(drafts, ids))).order_by("id")
    list(locked.select_for_update(no_key=True).values_list("id", flat=True))
    still = _holding(drafts, ids, parameters, since, now)
    matches = [_match(draft, ids, parameters, run, now) for draft in still]
    return bulk.insert(matches)


def _involved(drafts: list[Draft], ids: list[UUID]) -> list[UUID]:
    return sorted({ids[i] for draft in drafts for i in (draft.first, draft.second)})


def _holding(
    drafts: list[Draft], ids: list[UUID], parameters: Parameters, since: datetime, now: datetime
) -> list[Draft]:
    """The drafts whose two people may still get a proposal, and from each other, on all that they allowed `since`."""
    involved = bulk.any_of(_involved(drafts, ids))
    free = set(
        people.eligible(capacity=parameters.capacity).filter(user__in=involved).values_list("user_id", flat=True)
    )
    free -= _changed(involved, since)
    free -= set(Consent.objects.filter(user__in=involved, revoked_at__gte=since).values_list("user_id", flat=True))
    apart = {tuple(pair) for pair in pairs.excluded(ids, decline_rest=parameters.decline_rest, now=now).pairs.tolist()}
    return [
        draft
        for draft in drafts
        if {ids[draft.first], ids[draft.second]} <= free and (draft.first, draft.second) not in apart
    ]


def _changed(involved: RawSQL, since: datetime) -> set[UUID]:
    """Who is not as they were: they are looked at anew when their entries are built."""
    changed = PoolEntry.objects.filter(Q(due_at__isnull=False) | Q(built_at__gt=since), user__in=involved)
    return set(changed.values_list("user_id", flat=True))


def _match(draft: Draft, ids: list[UUID], parameters: Parameters, run: MatchingRun | None, now: datetime) -> Match:
    user_a, user_b = sorted((ids[draft.first], ids[draft.second]))
    return Match(
        user_a_id=user_a,
        user_b_id=user_b,
        pathway=Pathway.COMPATIBILITY,
        run=run,
        engine_version=parameters.version,
        expires_at=now + parameters.lifetime,
        **draft.fields,
    )
