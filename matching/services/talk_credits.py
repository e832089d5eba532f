"""A little trust for two people whose talk came to something; nothing is taken off for leaving one."""

from datetime import datetime
from math import floor

from matching.models import Match
from matching.services import credibility
from safety.enums import TrustSource
from safety.models import TrustScoreEvent
from safety.roles import as_service
from safety.services import trust

CREDIT = 2.0


def give(*, match: Match, now: datetime) -> None:
    """Lift each of the two by what the other's word weighs, once for the same two people.

    The caller holds both their rows.
    """
    with as_service():
        first, second = match.user_a_id, match.user_b_id
        matches = Match.objects.of(first).of(second).values("id")
        source = TrustSource.CONVERSATION
        if TrustScoreEvent.objects.filter(user__in=[first, second], source=source, source_ref_id__in=matches).exists():
            return
        weights = credibility.of([first, second], now=now)
        for person, other in ((first, second), (second, first)):
            delta = floor(CREDIT * weights[other] + 0.5)
            if delta:
                trust.record(user_id=person, source=source, source_ref_id=match.id, delta=delta, now=now)
