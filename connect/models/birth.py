from django.conf import settings
from django.db import models

from config.db import Record
from safety.schema import RowSecurity, owner


class BirthData(Record):
    """When and where a person was born, as far as they said it; the date stands in Profile.

    Charts are computed from it and stored apart. `time` is null when it is not known; `timezone` is found from the
    coordinates. At most two changes a year, so that nobody solves for another's features by moving their own.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="birth")
    time = models.TimeField(null=True, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    latitude = models.DecimalField(max_digits=10, decimal_places=7)
    longitude = models.DecimalField(max_digits=10, decimal_places=7)
    timezone = models.CharField(max_length=64)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "birth data"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="birth_on_the_globe",
            ),
            RowSecurity(name="birth_rls", select=owner(), insert=owner(), update=owner(), delete=owner()),
        ]

    def __str__(self) -> str:
        return f"birth data {self.id}"

    @property
    def time_known(self) -> bool:
        return self.time is not None
