from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from connect.enums import DisclosureLevel, DisclosureSource
from safety.schema import ME, RowSecurity, owner


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def live(self) -> Self:
        return self.filter(revoked_at=None)

    def between(self, first: UUID, second: UUID) -> Self:
        return self.filter(Q(viewer=first, subject=second) | Q(viewer=second, subject=first))


class Disclosure(Record):
    """The one fact that lets a person see another: who sees whom, how much, by what, until when."""

    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="disclosures_held")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="disclosures_given")
    level = models.CharField(max_length=10, choices=DisclosureLevel)
    source = models.CharField(max_length=12, choices=DisclosureSource)
    source_id = models.UUIDField()
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["viewer", "subject", "source", "source_id"],
                condition=Q(revoked_at=None),
                name="disclosure_one_live",
            ),
            models.CheckConstraint(condition=~Q(viewer=F("subject")), name="disclosure_not_self"),
            RowSecurity(name="disclosure_rls", select=owner("viewer_id")),
        ]

    def __str__(self) -> str:
        return f"{self.level} by {self.source}"


def disclosed(subject_column: str) -> str:
    """Row condition: one's own row, or that of somebody whose card or identity one may see."""
    return (
        f"{subject_column} = {ME} OR EXISTS (SELECT 1 FROM connect_disclosure d WHERE d.viewer_id = {ME}"
        f" AND d.subject_id = {subject_column} AND d.revoked_at IS NULL AND d.level <> 'face')"
    )


def identified(subject_column: str) -> str:
    """Row condition: one's own row, or that of somebody whose identity one may see."""
    return (
        f"{subject_column} = {ME} OR EXISTS (SELECT 1 FROM connect_disclosure d WHERE d.viewer_id = {ME}"
        f" AND d.subject_id = {subject_column} AND d.revoked_at IS NULL AND d.level = 'identity')"
    )
