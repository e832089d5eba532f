"""Taking hold of a streak: its two people first, in id order, as every write about a pair does."""

from uuid import UUID

from config.errors import NotYours, WrongState
from safety.services.blocks import lock_pair
from streaks.enums import StreakStatus
from streaks.models import Streak


def pair_and_streak(streak_id: UUID, *, by: UUID | None) -> Streak:
    """Both people locked, then the row; `by` None is the system. Raises NotYours. Needs the service role."""
    mine = Streak.objects.of(by) if by else Streak.objects.all()
    people = mine.filter(id=streak_id).values_list("user_low_id", "user_high_id").first()
    if people is None:
        raise NotYours()
    lock_pair(*people)
    found = Streak.objects.with_apart().select_for_update(no_key=True, of=("self",)).filter(id=streak_id).first()
    if found is None:
        raise NotYours()
    return found


def refuse_if_over(streak: Streak) -> None:
    """Raises WrongState (streak_ended, streak_completed). A block ends a streak at once, whatever its state says."""
    if streak.status == StreakStatus.TERMINATED or streak.apart:
        raise WrongState("This streak has ended.", code="streak_ended")
    if streak.status == StreakStatus.COMPLETED:
        raise WrongState("This streak is complete.", code="streak_completed")
