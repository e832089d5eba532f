"""What pictures of babies cost, day by day, and that no day's cost passes the budget."""

from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest

from config.errors import CapacityReached
from faces.models import PaintingDay


def promise(cost: int, now: datetime) -> None:
    """Put the price of one more picture aside, under the service role.

    Raises CapacityReached (babies_budget_spent) where the budget of the day has no room for it; whoever asks at the
    same time waits for the row.
    """
    day = PaintingDay.objects.get_or_create(day=now.date())[0]
    rows = PaintingDay.objects.filter(id=day.id)
    if cost:
        rows = rows.filter(spent__lte=settings.FAL_BUDGET - cost)
    if not rows.update(asked=F("asked") + 1, spent=F("spent") + cost):
        message = "No more of these pictures are painted today. Ask again tomorrow."
        raise CapacityReached(message, code="babies_budget_spent")


def add(now: datetime, *, cost: int = 0, painted: int = 0, failed: int = 0, seconds: float = 0.0) -> None:
    """Count what became of one picture; a negative cost was promised and not spent. Needs the service role."""
    PaintingDay.objects.get_or_create(day=now.date())
    PaintingDay.objects.filter(day=now.date()).update(
        spent=Greatest(F("spent") + cost, 0),
        painted=F("painted") + painted,
        failed=F("failed") + failed,
        seconds=F("seconds") + seconds,
    )
