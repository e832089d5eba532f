"""What a moderator is told of a person beside a case: their history, by ids and nicknames."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from safety import accuracy, people
from safety.models import Block, ModerationAction, Report, SafetyFlag
from safety.people import Portrait
from safety.services.cases import track_record

SHOWN = 20


@dataclass(frozen=True)
class Dossier:
    """One person's history; the lists hold the newest SHOWN. `accuracy` is that of their own reports."""

    user_id: UUID
    portrait: Portrait | None
    filed: list[Report]
    received: list[Report]
    actions: list[ModerationAction]
    flags: list[SafetyFlag]
    blocks_made: int
    blocks_received: int
    confirmed: int
    decided: int
    accuracy: float


def of(user_ids: Iterable[UUID], *, besides: UUID | None, viewer: UUID, now: datetime) -> list[Dossier]:
    """The dossiers of these people, without the report at hand; needs the service's rights.

    Nor does who looks at them find what concerns themselves: it would tell them whom they know under another name.
    """
    ids = list(user_ids)
    portraits = people.portraits(ids, now)
    return [_of(user_id, portraits.get(user_id), besides, viewer) for user_id in ids]


def _of(user_id: UUID, portrait: Portrait | None, besides: UUID | None, viewer: UUID) -> Dossier:
    at_hand = [besides] if besides else []
    others = Report.objects.exclude(id__in=at_hand).exclude(Q(reporter=viewer) | Q(reported=viewer))
    earlier = others.unopened().order_by("-id")
    actions = ModerationAction.objects.against(user_id).exclude(report__reporter=viewer)
    confirmed, decided = track_record(user_id)
    return Dossier(
        user_id=user_id,
        portrait=portrait,
        filed=list(earlier.filter(reporter=user_id)[:SHOWN]),
        received=list(earlier.filter(reported=user_id)[:SHOWN]),
        actions=list(actions.with_appeal().order_by("-id")[:SHOWN]),
        flags=list(SafetyFlag.objects.filter(user=user_id).order_by("-id")[:SHOWN]),
        blocks_made=Block.objects.filter(blocker=user_id).count(),
        blocks_received=Block.objects.filter(blocked=user_id).count(),
        confirmed=confirmed,
        decided=decided,
        accuracy=accuracy.accuracy(confirmed=confirmed, decided=decided),
    )
