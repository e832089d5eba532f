from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import WriterName
from connect.models.due import Due, DueQuerySet
from safety.schema import Demands, RowSecurity, StateMachine, owner
from streaks.enums import MILESTONE_INITIAL, MILESTONE_TRANSITIONS, MilestoneStatus, StreakStatus
from streaks.models.milestone import REVEALS

_PAID = Q(payment__isnull=False)


class MilestoneReveal(Record):
    """How far one person has come with one of the reveals of a streak: theirs alone, whatever the other does.

    A reset of the streak takes nothing back. That the last one opens only in a complete streak PostgreSQL sees to.
    """

    streak = models.ForeignKey("streaks.Streak", on_delete=models.CASCADE, related_name="reveals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="milestone_reveals")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=MilestoneStatus, default=MilestoneStatus.LOCKED)
    payment = models.OneToOneField(
        "connect.Payment", on_delete=models.CASCADE, null=True, blank=True, related_name="reveal"
    )
    unlocked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["streak", "user", "number"], name="milestone_reveal_once"),
            models.CheckConstraint(condition=Q(number__range=(1, REVEALS)), name="milestone_reveal_at_most_five"),
            models.CheckConstraint(
                condition=Q(status__in=[MilestoneStatus.LOCKED, MilestoneStatus.EARNED], payment=None)
                | _PAID & Q(status=MilestoneStatus.PURCHASED, number__lt=REVEALS)
                | Q(status=MilestoneStatus.UNLOCKED) & (Q(payment=None) | Q(number__lt=REVEALS)),
                name="milestone_reveal_paid_if_purchased",
            ),
            models.CheckConstraint(
                condition=Q(status=MilestoneStatus.UNLOCKED, unlocked_at__isnull=False)
                | Q(~Q(status=MilestoneStatus.UNLOCKED), unlocked_at=None),
                name="milestone_reveal_unlocked_when",
            ),
            StateMachine(
                name="milestone_reveal_status",
                field="status",
                transitions=MILESTONE_TRANSITIONS,
                initial=MILESTONE_INITIAL,
            ),
            # Completed is for good, so that it need not be looked at from the other side.
            Demands(
                name="streaks_last_reveal",
                when=f"NEW.number = {REVEALS} AND NEW.status <> '{MilestoneStatus.LOCKED}'",
                of="streak",
                condition=f"status = '{StreakStatus.COMPLETED}'",
            ),
            RowSecurity(name="milestone_reveal_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return f"reveal {self.number} ({self.status})"


class RevealJob(Due, Record):
    """A reveal whose content has to be written. It goes when that is done."""

    reveal = models.OneToOneField(MilestoneReveal, on_delete=models.CASCADE, related_name="job")

    objects = DueQuerySet.as_manager()

    class Meta:
        constraints = [RowSecurity(name="reveal_job_rls")]
        indexes = [models.Index(fields=["due_at"], name="reveal_job_due_idx")]

    def __str__(self) -> str:
        return f"job of {self.reveal_id}"


class RevealContent(Record):
    """What a reveal tells `user` about `subject`, as title and text. It never changes."""

    reveal = models.OneToOneField(MilestoneReveal, on_delete=models.CASCADE, related_name="content")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reveal_contents")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    content = models.JSONField()
    writer = models.CharField(max_length=8, choices=WriterName)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [RowSecurity(name="reveal_content_rls", select=owner())]

    def __str__(self) -> str:
        return f"content of {self.reveal_id}"
