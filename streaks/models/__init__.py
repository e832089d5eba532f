from streaks.models.check_in import CheckIn
from streaks.models.nudge import Nudge
from streaks.models.outage import Outage
from streaks.models.streak import Streak

__all__ = [
    "CheckIn",
    "Nudge",
    "Outage",
    "Streak",
]
