from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.enums import ActionKind, ReportReason
from safety.schema import RowSecurity, owner


class ModerationActionQuerySet(models.QuerySet["ModerationAction"]):
    def against(self, user_id: UUID) -> Self:
        return self.filter(against=user_id)

    def live(self, now: datetime) -> Self:
        """In force: neither taken back nor past its end, whether or not somebody has noticed that."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def binding(self) -> Self:
        """All but warnings: what takes something away."""
        return self.exclude(kind=ActionKind.WARNING)

    def with_appeal(self) -> Self:
        """With what became of the appeal, not with what it says."""
        return self.select_related("appeal").defer("appeal__text", "appeal__text_key")

    def due_to_lapse(self, now: datetime) -> Self:
        return self.filter(expires_at__lte=now, revoked_at=None, lapsed_at=None)


class ModerationAction(Record):
    """What a moderator did about a person, and why. It ends by its own date, or is taken back; it is never changed.

    `lapsed_at` is when the end of a dated one was carried out, `left_at` when the person's account was erased.
    `carried_from` is the action that somebody brought along from another account of theirs; it ends with that one.
    """

    kind = models.CharField(max_length=11, choices=ActionKind)
    against = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="moderation_actions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey("safety.Report", on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    reason_code = models.CharField(max_length=20, choices=ReportReason)
    statement_of_reasons = models.TextField()
    expires_at = models.DateTimeField(null=True, blank=True)
    carried_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried")
    lapsed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ModerationActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(by=F("against")), name="action_not_on_oneself"),
            models.CheckConstraint(condition=~Q(statement_of_reasons=""), name="action_with_reasons"),
            models.CheckConstraint(
                condition=Q(kind=ActionKind.RESTRICTION)
                | Q(kind=ActionKind.SUSPENSION, expires_at__isnull=False)
                | Q(kind__in=[ActionKind.WARNING, ActionKind.BAN], expires_at=None),
                name="action_end_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="action_revoked_by_somebody",
            ),
            # What an appeal refers to, so that the database itself knows whose action it is about and who took it.
            models.UniqueConstraint(fields=["id", "by", "against"], name="action_people"),
            models.UniqueConstraint(fields=["carried_from", "against"], name="action_carried_once"),
            RowSecurity(name="action_rls", select=owner("against_id")),
        ]
        indexes = [
            models.Index(fields=["against", "-id"], name="action_against_idx"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False, revoked_at=None, lapsed_at=None),
                name="action_lapsing_idx",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def its_appeal(self) -> Any:
        """The appeal, or None; `select_related("appeal")` makes it cost nothing."""
        return getattr(self, "appeal", None)

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
