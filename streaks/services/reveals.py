"""Reveals, earned by one's own tier as days are completed or bought before; nobody's change what the other has."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from config import hints
from connect.models import User
from safety.models import apart
from safety.roles import as_service
from streaks.enums import MilestoneStatus
from streaks.models import REVEALS, MilestoneReveal, RevealJob, RevealMilestone, Streak
from streaks.services import contents

Reached = set[tuple[UUID, int]]


def earn(streak: Streak, now: datetime) -> None:
    """Give each of the two what their tier earns by the days the streak has by now. Needs the service role."""
    missing = _reached(streak) - _opened(streak)
    if not missing:
        return
    MilestoneReveal.objects.bulk_create(
        [MilestoneReveal(streak=streak, user_id=user, number=number) for user, number in sorted(missing)],
        ignore_conflicts=True,
    )
    rows = MilestoneReveal.objects.filter(_any_of(missing), streak=streak, status=MilestoneStatus.LOCKED)
    found = list(rows.order_by("id").select_for_update(no_key=True))
    MilestoneReveal.objects.filter(id__in=[reveal.id for reveal in found]).update(status=MilestoneStatus.EARNED)
    have_written([reveal.id for reveal in found if reveal.number != REVEALS], now)
    for reveal in found:
        if reveal.number == REVEALS:
            contents.unlock_last(reveal, now)


def tier_changed(*, user_id: UUID, now: datetime) -> None:
    """Give somebody what their new tier earns by the days their streaks have by now.

    The caller holds the person's row, for which every move of theirs waits.
    """
    with as_service():
        for streak in Streak.objects.of(user_id).open().filter(~apart("user_low", "user_high")).order_by("id"):
            earn(streak, now)


def is_earned(streak: Streak, user_id: UUID, number: int) -> bool:
    """Whether somebody's tier gives a reveal by the days the streak has by now. Needs the service role."""
    return (user_id, number) in _reached(streak)


def have_written(reveal_ids: Iterable[UUID], now: datetime) -> None:
    """Have a worker write the contents of these once this is committed. Needs the service role."""
    jobs = [RevealJob(reveal_id=reveal_id, due_at=now) for reveal_id in reveal_ids]
    if not jobs:
        return
    RevealJob.objects.bulk_create(jobs, ignore_conflicts=True)
    hints.after_commit("streaks.tasks.write_reveals")


def _reached(streak: Streak) -> Reached:
    people = User.objects.filter(id__in=[streak.user_low_id, streak.user_high_id]).values_list("id", "tier")
    milestones = RevealMilestone.objects.filter(day_required__lte=streak.current_day).values_list("tier", "number")
    return {(user, number) for user, tier in people for of, number in milestones if of == tier}


def _opened(streak: Streak) -> Reached:
    opened = MilestoneReveal.objects.filter(streak=streak).exclude(status=MilestoneStatus.LOCKED)
    return set(opened.values_list("user_id", "number"))


def _any_of(reached: Reached) -> Q:
    found = Q(pk__in=[])
    for user, number in sorted(reached):
        found |= Q(user=user, number=number)
    return found
