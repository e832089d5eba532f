"""By what somebody is recognised against whom something stands, as long as it does.

All of it needs the service's rights.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from safety import identities
from safety.models import ModerationAction, Report, StandingIdentity

_REMEMBER = """
INSERT INTO safety_standingidentity (user_id, digest)
SELECT %(user_id)s, digest FROM unnest(%(digests)s::text[]) AS digest
WHERE %(always)s OR EXISTS (SELECT FROM safety_standingidentity WHERE digest = ANY(%(digests)s::text[]))
ON CONFLICT (digest, user_id) DO NOTHING
"""


def remember(*, user_id: UUID) -> None:
    """Keep, as keyed hashes, what a person is reached by."""
    _remember(user_id, identities.of(user_id), always=True)


def remember_if_known(*, user_id: UUID, digests: Collection[str]) -> None:
    """The same, if one of the hashes is that of somebody against whom something stands; the same statement if not."""
    _remember(user_id, digests, always=False)


def keep(*, user_id: UUID, now: datetime) -> None:
    """The same, before an account is emptied, if something stands against it."""
    if _stands([user_id], now):
        remember(user_id=user_id)


def others(user_id: UUID) -> QuerySet[StandingIdentity, UUID]:
    """The other accounts of the same person, as far as something stands against one of them."""
    return StandingIdentity.objects.others_of(user_id).values_list("user_id", flat=True)


def part(*, user_id: UUID) -> None:
    """Nobody else is recognised any more by what this person is reached by."""
    StandingIdentity.objects.others_of(user_id).delete()


def settle(*, user_id: UUID, now: datetime) -> None:
    """Forget by what a person is recognised once nothing stands any more against them under any account."""
    same = {user_id, *others(user_id)}
    if not _stands(same, now):
        StandingIdentity.objects.filter(user__in=same).delete()


def _remember(user_id: UUID, digests: Collection[str], always: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, {"user_id": user_id, "digests": list(digests), "always": always})


def _stands(people: Collection[UUID], now: datetime) -> bool:
    acted = ModerationAction.objects.live(now).binding().filter(against__in=people)
    return acted.exists() or Report.objects.undecided().filter(reported__in=people).exists()
