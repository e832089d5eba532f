"""The closed vocabularies of streaks, with the moves each state allows."""

from django.db.models import TextChoices


class StreakStatus(TextChoices):
    ACTIVE = "active"
    AT_RISK = "at_risk"
    PAYMENT_WINDOW = "payment_window"
    RESET = "reset"
    COMPLETED = "completed"
    TERMINATED = "terminated"


# at_risk -> reset is the first day, of which there is nothing yet to save.
STREAK_TRANSITIONS = {
    StreakStatus.ACTIVE: [
        StreakStatus.AT_RISK,
        StreakStatus.RESET,
        StreakStatus.COMPLETED,
        StreakStatus.TERMINATED,
    ],
    StreakStatus.AT_RISK: [
        StreakStatus.ACTIVE,
        StreakStatus.PAYMENT_WINDOW,
        StreakStatus.RESET,
        StreakStatus.COMPLETED,
        StreakStatus.TERMINATED,
    ],
    StreakStatus.PAYMENT_WINDOW: [StreakStatus.ACTIVE, StreakStatus.RESET, StreakStatus.TERMINATED],
    StreakStatus.RESET: [StreakStatus.ACTIVE, StreakStatus.TERMINATED],
    StreakStatus.COMPLETED: [],
    StreakStatus.TERMINATED: [],
}
STREAK_INITIAL = [StreakStatus.ACTIVE]
RUNNING = [StreakStatus.ACTIVE, StreakStatus.AT_RISK, StreakStatus.PAYMENT_WINDOW]
"""What the clock moves on."""
ENDED_STREAK = [StreakStatus.COMPLETED, StreakStatus.TERMINATED]


class EffortSignal(TextChoices):
    """How much of themselves somebody says they gave on a day."""

    LIGHT = "light"
    STEADY = "steady"
    STRONG = "strong"


class Side(TextChoices):
    """One of the two, as somebody who takes part sees them."""

    ME = "me"
    PARTNER = "partner"
