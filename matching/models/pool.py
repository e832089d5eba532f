from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Q
from pgvector.django import VectorField

from config.db import Record
from matching.engine.features import DIMENSIONS
from matching.enums import RunStatus
from matching.models.run import MatchingRun
from matching.vectors import FEATURES_VERSION, WIDTH
from safety.schema import RowSecurity, owner


class PoolEntryQuerySet(models.QuerySet["PoolEntry"]):
    def due(self, now: datetime) -> Self:
        """Waiting to be built, unless somebody is at it."""
        return self.exclude(due_at=None).exclude(claimed_until__gt=now)

    def ready(self) -> Self:
        """With vectors that this engine made."""
        return self.filter(query__isnull=False, features_version=FEATURES_VERSION)

    def unconsidered(self, now: datetime) -> Self:
        """Whose time has come to be looked at by the engine, unless somebody is at it."""
        return self.ready().filter(due_at=None, consider_at__lte=now).exclude(claimed_until__gt=now)

    def stale(self, since: datetime) -> Self:
        """In the pool, and not looked at since, neither alone nor by a run, which looks at everybody."""
        ran = MatchingRun.objects.filter(status=RunStatus.FINISHED, started_at__gte=since)
        return self.ready().filter(Q(considered_at=None) | (Q(considered_at__lt=since) & ~Exists(ran)))

    def outdated(self) -> Self:
        """Built by another engine, or before their person changed."""
        changed = Q(user__connect_profile__updated_at__gt=F("built_at")) | Q(
            user__profile__updated_at__gt=F("built_at")
        )
        return self.filter(due_at=None).filter(changed | ~Q(features_version=FEATURES_VERSION))


class PoolEntry(Record):
    """What the engine multiplies and filters by of one person, made when something it depends on changes.

    What v is worth to u is the inner product of u's `query` and v's `key` (`matching.engine.features`); `present` are
    the dimensions that are there, a bit each in the order of DIMENSIONS; `leanings` what feedback taught of the
    weights. The rest are the facts of the hard filters (`matching.engine.filters`): `north` and `east` are degrees of
    the centre of the cell (NaN: unknown), `languages` a bit each of ISO 639-1, masks without a bit mean any or none.

    `due_at` is set while the row waits to be built, `consider_at` while the person waits to be looked at by the
    engine, which after the last wait it first did at `considered_at`; runs look at everybody anew.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pool_entry")
    query = VectorField(dimensions=WIDTH, null=True, blank=True)
    key = VectorField(dimensions=WIDTH, null=True, blank=True)
    leanings = VectorField(dimensions=len(DIMENSIONS), null=True, blank=True)
    present = models.SmallIntegerField(default=0)
    birth_date = models.DateField(null=True, blank=True)
    min_age = models.SmallIntegerField(default=0)
    max_age = models.SmallIntegerField(default=0)
    north = models.FloatField(default=0.0)
    east = models.FloatField(default=0.0)
    max_km = models.FloatField(default=0.0)
    languages = models.BinaryField(default=bytes)
    mode = models.SmallIntegerField(default=0)
    gender = models.SmallIntegerField(default=0)
    seeks = models.SmallIntegerField(default=0)
    off_limits = models.BigIntegerField(default=0)
    topics = models.BigIntegerField(default=0)
    features_version = models.CharField(max_length=40, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    consider_at = models.DateTimeField(null=True, blank=True)
    considered_at = models.DateTimeField(null=True, blank=True)

    objects = PoolEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "pool entries"
        constraints = [RowSecurity(name="pool_entry_rls", select=owner())]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="pool_entry_due_idx"),
            models.Index(
                fields=["consider_at"], condition=Q(consider_at__isnull=False), name="pool_entry_consider_idx"
            ),
            models.Index(
                fields=["gender", "birth_date"], condition=Q(query__isnull=False), name="pool_entry_candidates_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"pool entry {self.id}"
