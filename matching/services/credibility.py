"""How much the word of people about others weighs."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from connect.models import User
from matching.engine import raters
from matching.models import MeetReflection
from safety.services import trust


def of(people: Collection[UUID], *, now: datetime) -> dict[UUID, float]:
    """The credibility of each, 0 to 1; of who is gone, 0. Needs the service's rights."""
    since = dict(User.objects.filter(id__in=people).values_list("id", "created_at"))
    scores, known = trust.scores(people), _known(people)
    return {
        person: raters.credibility(
            days=(now - since.get(person, now)) / timedelta(days=1), trust=scores[person], known=len(known[person])
        )
        for person in people
    }


def _known(people: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """With whom each has talked, as one of the two said afterwards."""
    met = Q(match__user_a__in=people) | Q(match__user_b__in=people)
    pairs = MeetReflection.objects.filter(met).values_list("match__user_a", "match__user_b").distinct()
    known: dict[UUID, set[UUID]] = {person: set() for person in people}
    for first, second in pairs:
        for person, other in ((first, second), (second, first)):
            if person in known:
                known[person].add(other)
    return known
