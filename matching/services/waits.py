"""How long a wait may be expected to be, measured of those that ended lately."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, QuerySet

from matching.models import QueueEntry

SHARE = 0.8
"""Of those who waited lately, so many waited no longer than what is called expected."""

LATEST, FEWEST = 500, 5
"""How many waits are measured at most, and below how many they say nothing."""

STEP = timedelta(seconds=5)
"""What is expected is rounded up to this: nobody learns of one other person's wait."""


class Percentile(Aggregate):
    """The duration below which SHARE of the rows lie."""

    function = "percentile_cont"
    template = f"%(function)s({SHARE}) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def expected(region: str, now: datetime) -> timedelta | None:
    """The wait that is to be expected in a region; of everywhere, where too few ended there.

    Who was found nobody for counts with the whole of their wait. None where too few ended at all. Needs the service
    role.
    """
    measured = QueueEntry.objects.measured(now - settings.QUEUE_MEASURED)
    return _percentile(measured.filter(region_key=region)) or _percentile(measured)


def _percentile(entries: QuerySet[QueueEntry]) -> timedelta | None:
    waited = ExpressionWrapper(F("dequeued_at") - F("enqueued_at"), output_field=DurationField())
    found = entries.annotate(waited=waited)[:LATEST].aggregate(number=Count("*"), wait=Percentile(F("waited")))
    return math.ceil(found["wait"] / STEP) * STEP if found["number"] >= FEWEST else None
