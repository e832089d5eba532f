from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.enums import APPEAL_TRANSITIONS, AppealStatus
from safety.schema import RowSecurity, StateMachine, owner


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open(self) -> Self:
        return self.filter(status=AppealStatus.OPEN)


class Appeal(Record):
    """A person says that an action against them was wrong; there is one for an action.

    What they write is sealed under a key of this case alone. `action_by` repeats who took the action: a foreign key
    over both columns keeps it true, and a check keeps that person from deciding.
    """

    action = models.OneToOneField("safety.ModerationAction", on_delete=models.PROTECT, related_name="appeal")
    action_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    appellant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appeals")
    text = models.BinaryField()
    text_key = models.BinaryField()
    status = models.CharField(max_length=10, choices=AppealStatus, default=AppealStatus.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_text = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            StateMachine(
                name="appeal_status", field="status", transitions=APPEAL_TRANSITIONS, initial=[AppealStatus.OPEN]
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("action_by")) & ~Q(decided_by=F("appellant")),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[AppealStatus.UPHELD, AppealStatus.OVERTURNED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                & ~Q(decision_text="")
                | Q(status=AppealStatus.OPEN, decided_by=None, decided_at=None, decision_text="")
                | Q(
                    status__in=[AppealStatus.WITHDRAWN, AppealStatus.MOOT],
                    decided_by=None,
                    decided_at__isnull=False,
                    decision_text="",
                ),
                name="appeal_decided_with_reasons",
            ),
            RowSecurity(name="appeal_rls", select=owner("appellant_id")),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(status=AppealStatus.OPEN), name="appeal_open_idx"),
            models.Index(fields=["appellant", "-id"], name="appeal_appellant_idx"),
        ]

    def __str__(self) -> str:
        return f"Appeal ({self.status})"
