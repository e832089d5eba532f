from streaks.models.check_in import CheckIn
from streaks.models.milestone import REVEALS, RevealMilestone
from streaks.models.nudge import Nudge
from streaks.models.nudge_payment import NudgePayment
from streaks.models.outage import Outage
from streaks.models.protection import CreditProtection
from streaks.models.recovery import RecoveryPayment
from streaks.models.reveal import MilestoneReveal, RevealContent, RevealJob
from streaks.models.ritual import DailyPromptAnswer, WeeklyIntent
from streaks.models.streak import Streak
from streaks.models.xp import XpEntry

__all__ = [
    "REVEALS",
    "CheckIn",
    "CreditProtection",
    "DailyPromptAnswer",
    "MilestoneReveal",
    "Nudge",
    "NudgePayment",
    "Outage",
    "RecoveryPayment",
    "RevealContent",
    "RevealJob",
    "RevealMilestone",
    "Streak",
    "WeeklyIntent",
    "XpEntry",
]
