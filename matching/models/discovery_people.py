from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from config.db import Record
from matching.enums import DistanceBand, Server
from safety.schema import RowSecurity, owner


class DiscoveryFilter(Record):
    """Whom a person looks for in one server, from the next refresh on; no genders, languages or hobbies are any.

    It holds the other way round too: whom it turns away is not shown its person either, but for the hobbies.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="discovery_filters")
    server = models.CharField(max_length=10, choices=Server)
    min_age = models.PositiveSmallIntegerField(default=18)
    max_age = models.PositiveSmallIntegerField(default=99)
    genders = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    distance = models.CharField(max_length=12, choices=DistanceBand, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    hobbies = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "server"], name="discovery_filter_once"),
            models.CheckConstraint(
                condition=Q(min_age__gte=18, max_age__lte=120, min_age__lte=F("max_age")),
                name="discovery_filter_ages",
            ),
            RowSecurity(
                name="discovery_filter_rls",
                select=owner("person_id"),
                insert=owner("person_id"),
                update=owner("person_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.server}, {self.min_age}-{self.max_age}"


class DiscoveryEntry(Record):
    """What discovery sorts and filters a person by, in one row: made out of the tables that hold it, never the truth.

    Whoever is chosen by it is looked up in those tables before a card is made. `visible`: nothing of `unmet` keeps
    them from being found; `has_room`: nor do their connections. `x`, `y` and `z` are the unit vector to the centre of
    their cell, null where that is not known. `min_age` to `genders` are the wishes they opted in with, which stand in
    for a filter. `exposure` counts the cards of them that were made lately.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="discovery_entry")
    visible = models.BooleanField()
    has_room = models.BooleanField()
    flagged = models.BooleanField()
    unmet = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    servers = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    hobbies = ArrayField(models.UUIDField(), default=list, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField(max_length=10, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    z = models.FloatField(null=True, blank=True)
    min_age = models.PositiveSmallIntegerField()
    max_age = models.PositiveSmallIntegerField()
    genders = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    exposure = models.PositiveIntegerField()
    built_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "discovery entries"
        constraints = [RowSecurity(name="discovery_entry_rls")]
        indexes = [
            GinIndex(fields=["hobbies"], condition=Q(visible=True, has_room=True), name="discovery_hobbies_idx"),
            models.Index(fields=["built_at"], name="discovery_built_idx"),
        ]

    def __str__(self) -> str:
        return f"discovery entry {self.id}"
