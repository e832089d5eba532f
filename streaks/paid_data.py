"""What recoveries, nudges and reveals hold of a person."""

from safety.parts import deletes
from safety.personal_data import Part
from streaks.models import CreditProtection, MilestoneReveal, NudgePayment, RecoveryPayment, RevealContent, RevealJob

TOGETHER = "so that two people get to know each other day by day"
STAFF = "you; moderators"


def parts() -> list[Part]:
    """In the order in which they refer to each other."""
    return [*_paid(), *_revealed()]


def _paid() -> list[Part]:
    return [
        Part(
            RecoveryPayment,
            "How you made up for days you missed",
            TOGETHER,
            deletes("breaker"),
            ("breaker",),
            seen_by=STAFF,
        ),
        Part(
            NudgePayment,
            "Reminders you bought",
            TOGETHER,
            deletes("sender"),
            ("sender",),
            seen_by=STAFF,
        ),
        Part(
            CreditProtection,
            "Payments of yours that were protected for a day",
            "so that you do not pay for somebody who leaves",
            deletes("payer"),
            belongs=("payer",),
            seen_by=STAFF,
        ),
    ]


def _revealed() -> list[Part]:
    return [
        Part(MilestoneReveal, "How far you are with the reveals of a streak", TOGETHER, deletes("user"), seen_by=STAFF),
        Part(
            RevealJob,
            "Reveals of yours that are being written",
            TOGETHER,
            deletes("reveal__user"),
            belongs=("reveal__user",),
            withheld="passes through and is not kept",
            lasts="until it is written",
        ),
        Part(
            RevealContent,
            "What you were told of others",
            TOGETHER,
            deletes("user", "subject", words="deleted; and what others were told of you"),
            seen_by="you; administrators",
        ),
    ]
