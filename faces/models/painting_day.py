from django.db import models

from config.db import Record
from safety.schema import RowSecurity


class PaintingDay(Record):
    """What was painted on one day of the product, and for how much: nobody's data, so it stays when pictures go.

    spent: thousandths of a US cent, promised when a picture is asked for. seconds: how long those that were painted
    took together.
    """

    day = models.DateField(unique=True)
    asked = models.PositiveIntegerField(default=0)
    painted = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    spent = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [RowSecurity(name="painting_day_rls")]

    def __str__(self) -> str:
        return str(self.day)
