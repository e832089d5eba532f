from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from matching.enums import CARD_TRANSITIONS, CardStatus
from matching.enums import Server as Code
from safety.schema import RowSecurity, StateMachine, owner

CARDS = 5
"""In a batch, unless the pool has fewer for its person."""


class Server(Record):
    """What discovery is divided into; the codes are fixed, how they are called and ordered is not."""

    code = models.CharField(max_length=10, choices=Code, unique=True)
    name = models.CharField(max_length=40)
    sort_order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["sort_order"]
        constraints = [RowSecurity(name="server_rls", select="true")]

    def __str__(self) -> str:
        return self.name


class DiscoveryBatchQuerySet(models.QuerySet["DiscoveryBatch"]):
    def live(self) -> Self:
        return self.filter(superseded_at=None)

    def of(self, user_id: UUID, server: Code) -> Self:
        return self.filter(person=user_id, server=server)

    def replaced_before(self, moment: datetime) -> Self:
        return self.filter(superseded_at__lte=moment)


class DiscoveryBatch(Record):
    """The cards that a person was given in a server at once; the live one is kept until they ask for another.

    `exhausted`: there was nobody else for them, which is why the cards are fewer than five.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="discovery_batches")
    server = models.CharField(max_length=10, choices=Code)
    made_at = models.DateTimeField()
    exhausted = models.BooleanField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = DiscoveryBatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "discovery batches"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "server"], condition=Q(superseded_at=None), name="discovery_one_live_batch"
            ),
            RowSecurity(name="discovery_batch_rls", select=owner("person_id")),
        ]
        indexes = [
            models.Index(fields=["person", "server"], name="discovery_batch_idx"),
            models.Index(
                fields=["superseded_at"], condition=Q(superseded_at__isnull=False), name="discovery_replaced_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.server} {self.made_at:%Y-%m-%d}"


class DiscoveryCard(Record):
    """One person as another was shown them: what `snapshot` holds, and nothing else. `subject` leaves no API.

    No client reads the table: who is on a card shows in its `subject`.
    """

    batch = models.ForeignKey(DiscoveryBatch, on_delete=models.CASCADE, related_name="cards")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="discovery_cards")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="discovery_shown")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=CardStatus, default=CardStatus.SHOWN)
    snapshot = models.JSONField()
    shown_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__range=(1, CARDS)), name="discovery_card_position"),
            models.CheckConstraint(condition=~Q(owner=F("subject")), name="discovery_card_of_another"),
            models.CheckConstraint(
                condition=Q(status=CardStatus.SHOWN, decided_at=None)
                | ~Q(status=CardStatus.SHOWN) & Q(decided_at__isnull=False),
                name="discovery_card_decided",
            ),
            models.UniqueConstraint(fields=["batch", "position"], name="discovery_card_once_a_place"),
            models.UniqueConstraint(fields=["batch", "subject"], name="discovery_card_once_a_person"),
            StateMachine(
                name="discovery_card_status",
                field="status",
                transitions=CARD_TRANSITIONS,
                initial=[CardStatus.SHOWN],
            ),
            RowSecurity(name="discovery_card_rls"),
        ]
        indexes = [
            models.Index(fields=["owner", "subject"], name="discovery_card_seen_idx"),
            models.Index(fields=["subject", "shown_at"], name="discovery_exposure_idx"),
        ]

    def __str__(self) -> str:
        return f"card {self.position} ({self.status})"
