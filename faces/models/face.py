from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from connect.enums import DisclosureLevel
from connect.models import Disclosure
from connect.models.stored_picture import PictureQuerySet, StoredPicture
from faces.enums import FACE_TRANSITIONS, VERDICT_TRANSITIONS, FaceStatus, Judge, Verdict
from faces.models import analyzed
from faces.models.analyzed import Analyzed
from faces.models.match import FaceMatch
from safety.schema import RowSecurity, StateMachine, owner


class FaceQuerySet(PictureQuerySet["Face"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(user=user_id).order_by("-is_default", "-created_at")

    def without_numbers(self) -> Self:
        """For whoever shows them: what they are compared by is long, and shown to nobody."""
        return self.defer("embedding", "landmarks_68")

    def own(self) -> Self:
        """Those that are known to be their uploader's own, and what they look like."""
        return self.filter(verdict=Verdict.VERIFIED, embedding__isnull=False)

    def shown_to(self, viewer: UUID, now: datetime) -> Self:
        """Their own; and, known to be their people's own, those that one of their likenesses is of, and those of
        whoever lets them know who they are.
        """
        sides = Q(face_a=OuterRef("pk")) | Q(face_b=OuterRef("pk"))
        alike = FaceMatch.objects.standing(now).of(viewer).filter(sides)
        named = Disclosure.objects.live().filter(
            viewer=viewer, subject=OuterRef("user"), level=DisclosureLevel.IDENTITY
        )
        others = Q(verdict=Verdict.VERIFIED) & (Exists(alike) | Exists(named))
        return self.among_present(viewer, "user", now=now).filter(Q(user=viewer) | others)


class Face(StoredPicture, Analyzed):
    """A picture of a face that somebody uploaded, and what was found in it.

    `verdict` says whether it is the uploader's own, by whom and when that was found; only such faces take part in the
    search. `digest`: the same picture is there once for each person. identity_grade: whether who analysed it can be
    believed to tell one person from another.
    """

    folder = "faces"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="faces")
    is_default = models.BooleanField(default=False)
    identity_grade = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=FaceStatus, default=FaceStatus.PENDING)
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.OPEN)
    judged_by = models.CharField(max_length=9, choices=Judge, blank=True)
    judge = models.UUIDField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = FaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="ux_faces_profile_hash"),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="face_one_default"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.OPEN, judged_by="", judged_at=None)
                | ~Q(verdict=Verdict.OPEN) & ~Q(judged_by="") & Q(judged_at__isnull=False),
                name="face_judged",
            ),
            models.CheckConstraint(
                condition=Q(status=FaceStatus.ANALYZED) | Q(embedding=None), name="face_embedding_analyzed"
            ),
            *analyzed.constraints("face"),
            StateMachine(
                name="face_status", field="status", transitions=FACE_TRANSITIONS, initial=[FaceStatus.PENDING]
            ),
            StateMachine(
                name="face_verdict",
                field="verdict",
                transitions=VERDICT_TRANSITIONS,
                initial=[Verdict.OPEN, Verdict.VERIFIED],
            ),
            RowSecurity(name="face_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["digest"], name="idx_faces_image_hash"),
            models.Index(fields=["created_at"], condition=Q(verdict=Verdict.OPEN), name="face_open_idx"),
            *analyzed.indexes("faces", "faces_embedding_hnsw_idx"),
        ]

    def __str__(self) -> str:
        return f"face ({self.verdict})"
