"""Where a person stands in matching, out of several tables."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db.models import Case, Q, When
from django.db.models.functions import Now

from config.errors import NotYours
from config.prepared import Prepared
from connect.models import ConnectProfile
from matching import wording
from matching.engine.features import DIMENSIONS
from matching.engine.scores import public_score
from matching.engine.spread import UNCERTAIN
from matching.enums import UNDECIDED, MatchStatus, Pathway
from matching.models import Chart, Match, PoolEntry
from matching.services.proposals import has_accepted, shown_status
from safety.models import apart
from safety.roles import as_service

StageName = Literal["inactive", "waiting", "pool_exhausted", "match_found", "waiting_for_other", "chat"]


def _waits_for(user_id: Any) -> Q:
    """The person has not answered yet."""
    other_did = Q(status=MatchStatus.ACCEPTED_A, user_b=user_id) | Q(status=MatchStatus.ACCEPTED_B, user_a=user_id)
    return Q(status=MatchStatus.PROPOSED) | other_did


_OPEN_MATCH = Prepared(
    lambda user_id: (
        Match.objects.of(user_id)
        .open()
        .filter(pathway=Pathway.COMPATIBILITY)
        .exclude(status__in=UNDECIDED, expires_at__lte=Now())
        .filter(~apart("user_a", "user_b"))
        .order_by(Case(When(_waits_for(user_id), then=0), default=1), "-id")[:1]
    )
)


@dataclass(frozen=True)
class Stage:
    """`chat` stands for what the conversation says; `status` is the match's as the person may know it."""

    stage: StageName
    match_id: UUID | None = None
    status: MatchStatus | None = None


def open_match(user_id: UUID) -> Match | None:
    """The person's newest compatibility match that has not ended; first of those that wait for their answer.

    An overdue proposal has, swept or not, and whatever there was between two people of whom one blocked the other.
    """
    with as_service():
        return _OPEN_MATCH.first(user_id=user_id)


def proposal(match: Match, viewer: UUID) -> dict[str, Any]:
    """What one of the two is shown of a match: the explanation in steps of 5, never the exact scores, in the words of
    the language that is active.
    """
    said = match.explanation
    scores, labels, spreads = (said.get(name, {}) for name in ("scores", "labels", "spreads"))
    return {
        "match_id": match.id,
        "status": shown_status(match, viewer),
        "expires_at": match.expires_at,
        "weight_profile": match.weight_profile,
        "total_score": public_score(float(match.total_score)),
        "scores": {name: scores.get(name) for name in DIMENSIONS},
        "spreads": {name: spreads.get(name) for name in UNCERTAIN},
        "labels": {name: wording.label(labels.get(name)) for name in DIMENSIONS},
        "reasons": wording.reasons(said.get("reasons", [])),
    }


def own_chart(user_id: UUID) -> Chart:
    """The person's chart, or NotYours with chart_missing while there is none to show."""
    chart = Chart.objects.filter(user=user_id).defer(*Chart.MULTIPLIED).first()
    if chart is None or (chart.astrology is None and chart.human_design is None):
        raise NotYours("There is no chart of you.", code="chart_missing")
    return chart


def stage(user_id: UUID) -> Stage:
    """Where the person stands. Runs as the person or as the service."""
    match = open_match(user_id)
    if match is None:
        return Stage(_without_match(user_id))
    status = shown_status(match, user_id)
    if match.status not in UNDECIDED:
        return Stage("chat", match.id, status)
    stage_name: StageName = "waiting_for_other" if has_accepted(match, user_id) else "match_found"
    return Stage(stage_name, match.id, status)


def _without_match(user_id: UUID) -> StageName:
    profile = ConnectProfile.objects.active().filter(user=user_id).first()
    if profile is None:
        return "inactive"
    return "pool_exhausted" if _was_left_out(profile) else "waiting"


def _was_left_out(profile: ConnectProfile) -> bool:
    """The engine looked at the person as they are now, and found nobody for them."""
    entry = PoolEntry.objects.filter(user=profile.user_id, due_at=None, consider_at=None)
    return entry.exclude(considered_at=None).exists()
