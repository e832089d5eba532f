"""How far the jobs of streaks are behind."""

from django.db.models import Q

from config import lag
from config.lag import Kind
from streaks.enums import ProtectionStatus
from streaks.models import CreditProtection, RevealJob, Streak

KINDS = (
    Kind("roll_streaks_over", Streak),
    Kind("tell_of_streaks", Streak, "notice_due_at"),
    Kind("write_reveals", RevealJob),
    Kind("decide_protections", CreditProtection, "ends_at", Q(status=ProtectionStatus.OPEN)),
)


def declare() -> None:
    lag.register(*KINDS)
