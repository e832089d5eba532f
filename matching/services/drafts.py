"""Proposals into the database, as far as they still hold: since the pool was loaded, people moved on."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model

from connect.models import Consent
from matching.engine.scores import ENGINE_VERSION
from matching.enums import Pathway
from matching.models import Match, MatchingRun
from matching.services import pairs, people
from matching.services.pipeline import Draft


def put(*, drafts: list[Draft], ids: list[UUID], run: MatchingRun, since: datetime, now: datetime) -> list[Match]:
    """Write what still holds in one statement; the matches made. `since` when the drafts' facts were read. Needs the
    service role.

    Locks the people first, as everything does that blocks, closes or deactivates, and only then looks again.
    """
    involved = sorted({ids[i] for draft in drafts for i in (draft.first, draft.second)})
    locked = get_user_model()._default_manager.filter(id__in=involved).order_by("id")
    list(locked.select_for_update(no_key=True).values_list("id", flat=True))
    still = _holding(drafts, ids, involved, since, now)
    Match.objects.bulk_create([_match(draft, ids, run, now) for draft in still], ignore_conflicts=True)
    return list(Match.objects.filter(run=run).order_by("id"))


def _holding(drafts: list[Draft], ids: list[UUID], involved: list[UUID], since: datetime, now: datetime) -> list[Draft]:
    """The drafts whose two people may still get a proposal, and from each other, on all that they allowed `since`."""
    free = set(people.eligible().filter(user__in=involved).values_list("user_id", flat=True))
    free -= set(Consent.objects.filter(user__in=involved, revoked_at__gte=since).values_list("user_id", flat=True))
    apart = {tuple(pair) for pair in pairs.excluded(ids, now=now).pairs.tolist()}
    return [
        draft
        for draft in drafts
        if {ids[draft.first], ids[draft.second]} <= free and (draft.first, draft.second) not in apart
    ]


def _match(draft: Draft, ids: list[UUID], run: MatchingRun, now: datetime) -> Match:
    user_a, user_b = sorted((ids[draft.first], ids[draft.second]))
    return Match(
        user_a_id=user_a,
        user_b_id=user_b,
        pathway=Pathway.COMPATIBILITY,
        run=run,
        engine_version=ENGINE_VERSION,
        expires_at=now + settings.PROPOSAL_LIFETIME,
        **draft.fields,
    )
