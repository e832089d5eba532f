"""What people say of a live talk afterwards, in private."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import NotYours, WrongState
from matching import talks
from matching.enums import MatchStatus, MeetOutcome, Pathway, ReflectionTag
from matching.models import Match, MeetReflection
from matching.signals import reflection_given
from safety.roles import as_service

OVER = [MatchStatus.REVEALED, MatchStatus.CLOSED]


@dataclass(frozen=True)
class Impression:
    """vibe_score 1-5."""

    vibe_score: int
    meet_outcome: MeetOutcome
    feedback_tags: list[ReflectionTag] = field(default_factory=list)


def give(*, match_id: UUID, by: UUID, impression: Impression, now: datetime) -> MeetReflection:
    """Keep how a live talk was for one of the two, once; also after a block.

    Sends reflection_given. Raises NotYours, and WrongState with not_live, talk_not_over, never_talked,
    reflection_too_late or already_reflected.
    """
    with as_service():
        match = Match.objects.of(by).filter(id=match_id).first()
        if match is None:
            raise NotYours()
        _check_over(match, now)
        kept = {**asdict(impression), "conversation_id": _talk(match), "given_at": now}
        reflection, made = MeetReflection.objects.get_or_create(match=match, user_id=by, defaults=kept)
        if not made:
            raise WrongState("You have said how this was.", code="already_reflected")
        reflection_given.send(sender=MeetReflection, reflection=reflection, now=now)
    return reflection


def _check_over(match: Match, now: datetime) -> None:
    if match.pathway != Pathway.LIVE:
        raise WrongState("This was no live talk.", code="not_live")
    if match.status not in OVER:
        raise WrongState("You can say how it was once it is over.", code="talk_not_over")
    if match.ended_at and now > match.ended_at + settings.REFLECTION_WINDOW:
        raise WrongState("It is too late to say how this was.", code="reflection_too_late")


def _talk(match: Match) -> UUID:
    talk = talks.of(match.id)
    if talk is None or not talk.mutual:
        raise WrongState("You did not talk.", code="never_talked")
    return talk.conversation_id
