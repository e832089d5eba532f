from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.enums import TrustBand, TrustSource
from safety.schema import AppendOnly, RowSecurity, owner


class TrustScoreQuerySet(models.QuerySet["TrustScore"]):
    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now)


class TrustScore(Record):
    """Where the ledger had somebody at `updated_at`, by the formula that `engine_version` names; 50 is who has none.

    `cooldown_applied`: the last event was cut down to what its bounds left. `band` is what others may know, and is
    drawn anew at the end of a day only, so that its change tells of no single thing that happened. `due_at` is when
    decay is looked at next, and null when there is nothing left to decay.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trust")
    score = models.PositiveSmallIntegerField(default=50)
    cooldown_applied = models.BooleanField(default=False)
    components = models.JSONField(default=dict)
    engine_version = models.CharField(max_length=40)
    last_seq = models.PositiveIntegerField(default=0)
    band = models.CharField(max_length=5, choices=TrustBand, default=TrustBand.USUAL)
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)

    objects = TrustScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="trust_score_range"),
            RowSecurity(name="trust_score_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="trust_score_due_idx")]

    def __str__(self) -> str:
        return f"{self.score}"


class TrustScoreEvent(Record):
    """One thing that moved somebody's trust; `seq` numbers those of a person without a gap, as they came.

    `delta` is what it moved, `asked` what it would have without bounds. It weighs from `counts_from` on. `reverses` is
    the event that this one takes back. `source_ref_id` names what it came from without a foreign key, and never a
    person. `metadata` holds numbers and labels, and of a review its reason.
    """

    # Rows are kept, by the function that forgets somebody, and go by no cascade: the trigger would refuse it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="trust_events")
    seq = models.PositiveIntegerField()
    delta = models.SmallIntegerField()
    asked = models.SmallIntegerField()
    source = models.CharField(max_length=20, choices=TrustSource)
    source_ref_id = models.UUIDField()
    reverses = models.UUIDField(null=True, blank=True)
    metadata = models.JSONField(default=dict)
    counts_from = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "seq"], name="trust_event_seq"),
            models.UniqueConstraint(
                fields=["user", "source", "source_ref_id"], condition=Q(reverses=None), name="trust_event_once"
            ),
            models.UniqueConstraint(fields=["reverses"], name="trust_event_reversed_once"),
            models.CheckConstraint(condition=Q(delta__range=(-50, 50)), name="trust_event_delta"),
            AppendOnly(name="trust_event_append_only"),
            RowSecurity(name="trust_event_rls", select=owner()),
        ]
        indexes = [models.Index(fields=["at"], name="trust_event_at_idx")]

    def __str__(self) -> str:
        return f"{self.source} {self.delta:+d}"
