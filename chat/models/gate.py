from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chat.enums import WINDOW_TRANSITIONS, Decision, GateOutcome, WindowStatus
from config.db import Record
from safety.schema import RowSecurity, StateMachine, owner, through


class GateWindowQuerySet(models.QuerySet["GateWindow"]):
    def unresolved(self) -> Self:
        return self.exclude(status=WindowStatus.RESOLVED)

    def due(self, now: datetime) -> Self:
        """Those that are to open or to be resolved by now."""
        opens = Q(status=WindowStatus.SCHEDULED, opens_at__lte=now)
        return self.filter(opens | Q(status=WindowStatus.OPEN, closes_at__lte=now))

    def void(self, at: datetime) -> int:
        return self.unresolved().update(status=WindowStatus.RESOLVED, outcome=GateOutcome.VOID, resolved_at=at)


class GateWindow(Record):
    """When the two of a live conversation are asked whether to show themselves; a late sweeper finds it by its times.

    `gate_minute` names it; how long a minute takes, its times say.
    """

    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="windows", db_index=False
    )
    gate_minute = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=WindowStatus, default=WindowStatus.SCHEDULED)
    outcome = models.CharField(max_length=8, choices=GateOutcome, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = GateWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "gate_minute"], name="gate_window_once"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(status=WindowStatus.OPEN), name="gate_window_one_open"
            ),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="gate_window_has_length"),
            models.CheckConstraint(
                condition=Q(status=WindowStatus.RESOLVED, resolved_at__isnull=False) & ~Q(outcome="")
                | ~Q(status=WindowStatus.RESOLVED) & Q(resolved_at=None, outcome=""),
                name="gate_window_resolved_with_outcome",
            ),
            StateMachine(
                name="gate_window_status",
                field="status",
                transitions=WINDOW_TRANSITIONS,
                initial=[WindowStatus.SCHEDULED],
            ),
            RowSecurity(name="gate_window_rls", select=through("chat_conversation", "conversation_id")),
        ]
        indexes = [
            models.Index(
                fields=["opens_at"], condition=Q(status=WindowStatus.SCHEDULED), name="gate_window_opening_idx"
            ),
            models.Index(fields=["closes_at"], condition=Q(status=WindowStatus.OPEN), name="gate_window_closing_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.gate_minute} {self.status}"

    @property
    def shown_outcome(self) -> str:
        """As its people may know it: that a talk ended, whatever ended it."""
        return GateOutcome.VOID if self.outcome == GateOutcome.ENDED else self.outcome


class DecisionGate(Record):
    """What one of the two decided at a gate; in the row policy too the other never sees it. It is said once."""

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="decisions")
    gate_minute = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "gate_minute", "user"], name="decision_gate_once"),
            RowSecurity(name="decision_gate_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return f"{self.gate_minute} {self.decision}"
