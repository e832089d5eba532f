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


class PayWith(TextChoices):
    """How a thing that is sold singly is paid for; a recovery may be free."""

    FREE = "free"
    MONEY = "money"
    CREDITS = "credits"


BOUGHT_WITH = [(way.value, way.label) for way in (PayWith.MONEY, PayWith.CREDITS)]
"""How what is never free is."""


class RecoveryStatus(TextChoices):
    """`credited`: paid for when there was nothing to recover any more; `excused`: an outage of ours touched the day,
    as it turned out later, and what the recovery cost was given back.
    """

    PENDING = "pending"
    FAILED = "failed"
    RECOVERED = "recovered"
    CREDITED = "credited"
    EXCUSED = "excused"


# Failed may still turn out to have been paid.
RECOVERY_TRANSITIONS = {
    RecoveryStatus.PENDING: [RecoveryStatus.RECOVERED, RecoveryStatus.CREDITED, RecoveryStatus.FAILED],
    RecoveryStatus.FAILED: [RecoveryStatus.RECOVERED, RecoveryStatus.CREDITED],
    RecoveryStatus.RECOVERED: [RecoveryStatus.EXCUSED],
    RecoveryStatus.CREDITED: [],
    RecoveryStatus.EXCUSED: [],
}
RECOVERY_INITIAL = [RecoveryStatus.PENDING]


class NudgePaymentStatus(TextChoices):
    """`credited`: paid for when there was nobody to remind any more."""

    PENDING = "pending"
    FAILED = "failed"
    SENT = "sent"
    CREDITED = "credited"


NUDGE_PAYMENT_TRANSITIONS = {
    NudgePaymentStatus.PENDING: [NudgePaymentStatus.SENT, NudgePaymentStatus.CREDITED, NudgePaymentStatus.FAILED],
    NudgePaymentStatus.FAILED: [NudgePaymentStatus.SENT, NudgePaymentStatus.CREDITED],
    NudgePaymentStatus.SENT: [],
    NudgePaymentStatus.CREDITED: [],
}
NUDGE_PAYMENT_INITIAL = [NudgePaymentStatus.PENDING]


class ProtectionStatus(TextChoices):
    OPEN = "open"
    CONVERTED = "converted"
    LAPSED = "lapsed"


PROTECTION_TRANSITIONS = {
    ProtectionStatus.OPEN: [ProtectionStatus.CONVERTED, ProtectionStatus.LAPSED],
    ProtectionStatus.CONVERTED: [],
    ProtectionStatus.LAPSED: [],
}
PROTECTION_INITIAL = [ProtectionStatus.OPEN]


class MilestoneStatus(TextChoices):
    """`earned` and `purchased`: its content is being written. What was purchased and tells nothing is locked again."""

    LOCKED = "locked"
    EARNED = "earned"
    PURCHASED = "purchased"
    UNLOCKED = "unlocked"


MILESTONE_TRANSITIONS = {
    MilestoneStatus.LOCKED: [MilestoneStatus.EARNED, MilestoneStatus.PURCHASED],
    MilestoneStatus.EARNED: [MilestoneStatus.UNLOCKED],
    MilestoneStatus.PURCHASED: [MilestoneStatus.UNLOCKED, MilestoneStatus.LOCKED],
    MilestoneStatus.UNLOCKED: [],
}
MILESTONE_INITIAL = [MilestoneStatus.LOCKED]


class XpSource(TextChoices):
    """What brings points; how many, `settings.XP` says."""

    DAILY_ANSWER = "daily_answer"
    WEEKLY_INTENT = "weekly_intent"
    MUTUAL_DAY = "mutual_day"
    STARTER = "starter"
    REFLECTION = "reflection"
    CONNECTION = "connection"
