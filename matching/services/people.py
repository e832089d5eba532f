"""The pool out of the database: a constant number of queries, whatever its size."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import Avg, Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from numpy.typing import NDArray

from connect import exposure
from connect.enums import Purpose, UserStatus
from connect.models import ConnectProfile, Consent, InterestScore, NonNegotiable, OffLimitsTopic
from matching.engine.features import DIMENSIONS, People
from matching.engine.filters import Pool
from matching.enums import Pathway
from matching.models import Match, MatchFeedback
from matching.services import arrays
from matching.services.arrays import Facts
from safety import flags

EXPOSURE_WINDOW = timedelta(days=30)
"""How far back being shown to somebody counts as exposure."""


@dataclass(frozen=True)
class Population:
    """n people of one run, in the order of `ids`.

    deltas (n, 8): what feedback taught of each dimension's weight. waited_days (n,): since the last proposal
    or joining. exposure (n,): proposals within EXPOSURE_WINDOW. room (n,): proposals they may still get.
    """

    ids: list[UUID]
    people: People
    pool: Pool
    deltas: NDArray[np.float64]
    waited_days: NDArray[np.float64]
    exposure: NDArray[np.int64]
    room: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


def eligible() -> QuerySet[ConnectProfile]:
    """Who may get a proposal: opted in, consent and account live, not suspended, birth date known, and room for one
    more.

    Until Connect is open to the public, staff alone.
    """
    consent = Consent.objects.live().filter(user=OuterRef("user"), purpose=Purpose.MATCHING)
    held = Coalesce(_held("user_a"), 0) + Coalesce(_held("user_b"), 0)
    invited = Q() if flags.is_on(exposure.FLAG) else Q(user__is_staff=True)
    return (
        ConnectProfile.objects.active()
        .filter(invited)
        .filter(Exists(consent), user__status=UserStatus.ACTIVE, user__profile__birth_date__isnull=False)
        .exclude(user__suspended_until__gt=Now())
        .annotate(held=held)
        .filter(held__lt=settings.OPEN_PROPOSALS_PER_PERSON)
    )


def load(*, now: datetime) -> Population:
    """Everybody eligible, as the engine wants them. Needs the service role."""
    rows = list(eligible().order_by("user_id").values_list(*arrays.COLUMNS))
    facts = Facts.of(rows)
    numbers = {user_id: i for i, user_id in enumerate(facts["user_id"])}
    interests = arrays.interests(numbers, _pairs(InterestScore, "interest_key", "score"))
    ranks = arrays.ranks(numbers, _pairs(NonNegotiable, "dimension", "key", "priority_rank"))
    off_limits = arrays.topics(numbers, _pairs(OffLimitsTopic, "topic_key"))
    last, exposure = _history(numbers, now)
    return Population(
        ids=list(numbers),
        people=arrays.people(facts, interests, ranks),
        pool=arrays.pool(facts, interests, ranks, off_limits, today=now.date()),
        deltas=_deltas(numbers),
        waited_days=_waited(facts["activated_at"], last, now),
        exposure=exposure,
        room=settings.OPEN_PROPOSALS_PER_PERSON - np.array(facts["held"], dtype=np.int64),
    )


def _held(side: str) -> Subquery:
    """How many open proposals somebody has as one side of the pair."""
    matches = Match.objects.open().filter(**{side: OuterRef("user")}, pathway=Pathway.COMPATIBILITY)
    counts = matches.order_by().values(side).annotate(n=Count("id")).values("n")
    return Subquery(counts, output_field=IntegerField())


def _pairs(model: Any, *columns: str) -> Iterable[tuple[Any, ...]]:
    """Rows of the active, user first; who is not in the pool is passed over when they are placed."""
    active = model.objects.filter(user__connect_profile__is_active=True)
    rows: Iterable[tuple[Any, ...]] = active.values_list("user_id", *columns).iterator()
    return rows


def _deltas(numbers: dict[UUID, int]) -> NDArray[np.float64]:
    """The mean of each person's deltas; zeros where they gave no feedback."""
    deltas = np.zeros((len(numbers), len(DIMENSIONS)))
    given = MatchFeedback.objects.filter(vector_delta__isnull=False, user__connect_profile__is_active=True)
    for user_id, mean in given.order_by().values_list("user_id").annotate(mean=Avg("vector_delta")):
        if user_id in numbers:
            deltas[numbers[user_id]] = mean
    return deltas


def _history(numbers: dict[UUID, int], now: datetime) -> tuple[dict[int, datetime], NDArray[np.int64]]:
    """When each was last proposed to somebody, and how often lately."""
    last: dict[int, datetime] = {}
    exposure = np.zeros(len(numbers), dtype=np.int64)
    lately = Count("id", filter=Q(created_at__gt=now - EXPOSURE_WINDOW))
    proposed = Match.objects.filter(pathway=Pathway.COMPATIBILITY).order_by()
    for side in ("user_a", "user_b"):
        counted = proposed.values_list(side).annotate(last=Max("created_at"), lately=lately)
        for user_id, moment, shown in counted:
            if (i := numbers.get(user_id)) is not None:
                last[i] = max(moment, last.get(i, moment))
                exposure[i] += shown
    return last, exposure


def _waited(joined: Iterable[datetime | None], last: dict[int, datetime], now: datetime) -> NDArray[np.float64]:
    since = [max(filter(None, (moment, last.get(i))), default=now) for i, moment in enumerate(joined)]
    return np.array([max(0.0, (now - moment) / timedelta(days=1)) for moment in since], dtype=np.float64)
