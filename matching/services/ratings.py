"""What was said of people becomes their trust: once a day, and of at least three people together.

Nothing moves when a reflection is given, so that nobody can tell from their score who said what, or that anybody did.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet

from config.db import new_id
from connect.enums import UserStatus
from connect.models import User
from connect.services.figures import least_id
from matching.engine import raters
from matching.enums import CONCERNS, MeetOutcome
from matching.models import MeetReflection
from matching.models.reflection import MeetReflectionQuerySet
from matching.services import credibility
from safety.enums import TrustSource
from safety.roles import as_service
from safety.services import trust
from safety.trust import Bounds, next_day, this_day

BATCH = 500
LATELY = timedelta(days=14)
WANTED = {MeetOutcome.AGAIN: 1.0, MeetOutcome.MAYBE: 0.0, MeetOutcome.PASS: -0.5}


def settle(*, now: datetime) -> int:
    """Count what was said before today began about whoever enough people said something of; how many people.

    Each in their own transaction.
    """
    boundary = this_day(now)
    with transaction.atomic(), as_service():
        people = list(_rated(MeetReflection.objects.pending(boundary))[:BATCH])
    for person in people:
        _settle(person, boundary, now)
    return len(people)


def behind(now: datetime) -> tuple[float, int]:
    """Since when, in seconds, the first of those people is waiting whose day is over, and how many do.

    Of who has too few that rated them nothing is due, however old; of the others all is at the end of the day on which
    the last of it was said. It goes by what was said lately, of which there is no more with the years. Needs the
    service role.
    """
    lately = MeetReflection.objects.pending(this_day(now)).filter(id__gte=least_id(now - LATELY))
    due = _rated(lately).annotate(last=Max("given_at"))
    found = due.aggregate(first=Min("last"), count=Count("*"))
    return (now - next_day(found["first"])).total_seconds() if found["first"] else 0.0, found["count"]


def _rated(pending: MeetReflectionQuerySet) -> "QuerySet[Any, UUID]":
    return pending.people_rated(by_at_least=raters.AT_LEAST)


def _settle(person: UUID, boundary: datetime, now: datetime) -> None:
    with transaction.atomic(), as_service():
        standing = User.objects.filter(id=person).exclude(status=UserStatus.DELETED).select_for_update(no_key=True)
        is_there = bool(standing)
        pending = MeetReflection.objects.about(person).pending(boundary).order_by("-given_at", "-id")
        given = list(pending.select_for_update(of=("self",)))
        fresh = _fresh(person, given, now)
        counted = given
        if is_there and len(fresh) >= raters.AT_LEAST:
            _record(person, fresh, now)
        elif is_there:
            counted = [one for one in given if one not in fresh]
        MeetReflection.objects.filter(id__in=[one.id for one in counted]).update(counted_at=now)


def _fresh(person: UUID, given: Sequence[MeetReflection], now: datetime) -> list[MeetReflection]:
    """The newest of each rater, without those whose word about this person counted not long ago."""
    rests = MeetReflection.objects.about(person).filter(counted_at__gt=now - settings.REFLECTION_PAIR_RESTS)
    heard = set(rests.values_list("user", flat=True))
    newest: dict[UUID, MeetReflection] = {}
    for one in given:
        newest.setdefault(one.user_id, one)
    return [one for rater, one in newest.items() if rater not in heard]


def _record(person: UUID, fresh: Sequence[MeetReflection], now: datetime) -> None:
    """One event for all of them; it refers to none. That they are marked as counted with it makes it happen once."""
    known = _raters(person, now) | {one.user_id for one in fresh}
    weights = credibility.of(known, now=now)
    asked = raters.change([(weights[one.user_id], _opinion(one)) for one in fresh])
    bound = raters.bound(sum(weights.values()))
    if asked:
        trust.record(
            user_id=person,
            source=TrustSource.REFLECTION,
            source_ref_id=new_id(),
            delta=asked,
            now=now,
            within=Bounds(-bound, bound),
        )


def _raters(person: UUID, now: datetime) -> set[UUID]:
    """Whose word about a person still weighs."""
    heard = MeetReflection.objects.about(person).filter(counted_at__gt=now - settings.TRUST_MEMORY)
    return set(heard.values_list("user", flat=True))


def _opinion(one: MeetReflection) -> float:
    concern = not CONCERNS.isdisjoint(one.feedback_tags)
    return raters.opinion(vibe=one.vibe_score, outcome=WANTED[MeetOutcome(one.meet_outcome)], concern=concern)
