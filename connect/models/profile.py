from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.db import Record
from connect.enums import Gender
from connect.models.disclosure import disclosed
from safety.schema import LockedWhile, RowSecurity, owner

LOCKED = ("name", "birth_date", "gender")
"""What stays as it is once papers proved it."""
_PROVED = "EXISTS (SELECT 1 FROM connect_verificationsignal s WHERE s.user_id = OLD.user_id AND s.kind = 'gov_id')"


class Profile(Record):
    """What a person tells of themselves. Name and the rest are shown after a reveal.

    `cell` is the H3 cell (resolution 6, about 36 km²) the person lives in; no exact place is stored anywhere.
    `birth_changes` are the moments at which birth date or birth data changed: at most two a year, so that
    nobody solves for another's features by moving their own.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    name = models.CharField(max_length=80, blank=True)
    nickname = models.CharField(max_length=40, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    school = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    cell = models.CharField(max_length=15, blank=True)
    bio = models.CharField(max_length=280, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    birth_changes = ArrayField(models.DateTimeField(), default=list, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            LockedWhile(name="profile_locked", fields=LOCKED, condition=_PROVED),
            RowSecurity(name="profile_rls", select=disclosed("user_id"), insert=owner(), update=owner()),
        ]
        indexes = [models.Index(fields=["school", "gender"], name="profile_school_gender_idx")]

    def __str__(self) -> str:
        return self.nickname or self.name or str(self.id)

    def age_on(self, day: date) -> int | None:
        """Completed years; a birthday on 29 February is kept on 1 March."""
        if self.birth_date is None:
            return None
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday
