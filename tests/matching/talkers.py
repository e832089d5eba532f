"""People who talked live, and what they say of it."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from chat.enums import CloseReason
from chat.services import conversations, messages, openings
from connect.models import User
from matching.enums import MatchStatus, MeetOutcome, Pathway, ReflectionTag
from matching.models import Match, MeetReflection
from matching.services import reflections
from matching.services.reflections import Impression
from tests.factories import MatchFactory, UserFactory

LIKED = Impression(5, MeetOutcome.AGAIN, [ReflectionTag.KIND])
DISLIKED = Impression(1, MeetOutcome.PASS, [ReflectionTag.PUSHY])
OLD = timedelta(days=400)


def talker(days: float = 400) -> UUID:
    """Somebody who joined so many days ago."""
    user: User = UserFactory()
    User.objects.filter(id=user.id).update(created_at=timezone.now() - timedelta(days=days))
    return user.id


@transaction.atomic
def talk(first: UUID, second: UUID, *, speak: tuple[int, ...] = (0, 1), end: bool = True) -> Match:
    """A live match whose two said something each, and ended it."""
    now, pair = timezone.now(), (first, second)
    people = [User.objects.get(id=person) for person in pair]
    match = MatchFactory(first=people[0], second=people[1], pathway=Pathway.LIVE, status=MatchStatus.ACCEPTED_BOTH)
    (conversation,) = openings.open_blind(matches=[match], now=now)
    for side in speak:
        messages.send(conversation_id=conversation.id, by=pair[side], client_id=uuid4().hex, text="Hello", now=now)
    if end:
        conversations.close(conversation_id=conversation.id, reason=CloseReason.USER_END, by=first, now=now)
    match.refresh_from_db()
    return match


def ended(first: UUID, second: UUID) -> Match:
    """A live match that has ended, without the talk."""
    people = [User.objects.get(id=person) for person in (first, second)]
    match: Match = MatchFactory(
        first=people[0], second=people[1], pathway=Pathway.LIVE, status=MatchStatus.ACCEPTED_BOTH
    )
    Match.objects.filter(id=match.id).update(status=MatchStatus.CLOSED, ended_at=timezone.now())
    return match


@transaction.atomic
def reflect(match: Match, by: UUID, impression: Impression = LIKED, now=None) -> MeetReflection:
    return reflections.give(match_id=match.id, by=by, impression=impression, now=now or timezone.now())


def said(by: UUID, about: UUID, impression: Impression = LIKED, now=None) -> MeetReflection:
    """What `by` said of a talk with `about`, stored as the service stores it."""
    return MeetReflection.objects.create(
        match=ended(by, about),
        user_id=by,
        vibe_score=impression.vibe_score,
        meet_outcome=impression.meet_outcome,
        feedback_tags=impression.feedback_tags,
        given_at=now or timezone.now(),
    )


def known_talker(days: float = 400) -> UUID:
    """Somebody who has talked to so many people that their word counts in full."""
    user = talker(days)
    for _ in range(5):
        earlier = said(talker(), user)
        MeetReflection.objects.filter(id=earlier.id).update(counted_at=timezone.now() - timedelta(days=3 * 365))
    return user
