from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from config.db import Record
from connect.enums import DisclosureSource, UserStatus
from connect.models import Disclosure, User
from faces.enums import ReactionType, Verdict, Withheld
from faces.models.reaction import Reaction
from matching.models import Connection
from safety.models import apart
from safety.schema import RowSecurity, pair


class FaceMatchQuerySet(models.QuerySet["FaceMatch"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(Q(user_a=user_id) | Q(user_b=user_id))

    def shown(self) -> Self:
        """Those whose two people are told of them."""
        return self.filter(withheld="")

    def standing(self, now: datetime) -> Self:
        """Those of which two people may know now: they are told, see each other by it, are both in good standing, and
        are apart by no block. To be asked as the service.
        """
        seen = Disclosure.objects.live().filter(source=DisclosureSource.FACE_MATCH, source_id=OuterRef("pk"))
        well = User.objects.filter(status=UserStatus.ACTIVE).exclude(suspended_until__gt=now)
        both = [Exists(well.filter(id=OuterRef(side))) for side in ("user_a", "user_b")]
        return self.shown().filter(Exists(seen), *both).exclude(apart("user_a", "user_b"))

    def of_own_faces(self) -> Self:
        """Those of two faces that are known to be their people's own."""
        return self.filter(face_a__verdict=Verdict.VERIFIED, face_b__verdict=Verdict.VERIFIED)

    def with_reactions(self, viewer: UUID) -> Self:
        """`liked`, `viewed`: what one of the two made of it; `connection_id`: the connection that both made of it. Of
        the other's like nothing shows before. To be asked as the service.
        """
        own = Reaction.objects.of(viewer).filter(match=OuterRef("pk"))
        formed = Connection.objects.standing().filter(by_faces__isnull=False)
        pair = formed.filter(user_low=OuterRef("user_a"), user_high=OuterRef("user_b"))
        return self.annotate(
            liked=Exists(own.filter(reaction_type=ReactionType.LIKE)),
            viewed=Exists(own.filter(reaction_type=ReactionType.VIEWED)),
            connection_id=Subquery(pair.values("id")[:1]),
        )


class FaceMatch(Record):
    """Two faces that are alike; `user_a`, whose face is `face_a`, has the smaller id.

    similarity_score: cosine of the two embeddings, none below 0. factors: the six likenesses 0 to 1, null where an
    analyzer could not tell one. total: the factors weighed by the parameters that `version` names. percentile: how many
    of a hundred pairs of the population are less alike, by `scale`; both null while there are too few people to say.
    withheld: why neither of the two is told of it, empty where they are.
    """

    user_a = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_matches_as_a")
    user_b = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_matches_as_b")
    face_a = models.ForeignKey("faces.Face", on_delete=models.CASCADE, related_name="matches_as_a")
    face_b = models.ForeignKey("faces.Face", on_delete=models.CASCADE, related_name="matches_as_b")
    similarity_score = models.FloatField()
    factors = models.JSONField()
    total = models.FloatField()
    percentile = models.PositiveSmallIntegerField(null=True, blank=True)
    scale = models.ForeignKey(
        "faces.LikenessScale", on_delete=models.PROTECT, null=True, blank=True, related_name="matches"
    )
    analyzer = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    withheld = models.CharField(max_length=11, choices=Withheld, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Of `with_reactions`.
    liked: bool
    viewed: bool
    connection_id: UUID | None

    objects = FaceMatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "face matches"
        constraints = [
            models.UniqueConstraint(fields=["face_a", "face_b"], name="face_match_once"),
            models.CheckConstraint(condition=Q(user_a__lt=F("user_b")), name="face_match_ordered"),
            models.CheckConstraint(condition=Q(similarity_score__range=(0, 1)), name="face_match_similarity"),
            models.CheckConstraint(condition=Q(total__range=(0, 1)), name="face_match_total"),
            models.CheckConstraint(condition=Q(percentile__range=(0, 100)), name="face_match_percentile"),
            RowSecurity(name="face_match_rls", select=f"withheld = '' AND {pair('user_a_id', 'user_b_id')}"),
        ]
        indexes = [
            models.Index(fields=["user_a", "-total"], name="face_match_a_idx"),
            models.Index(fields=["user_b", "-total"], name="face_match_b_idx"),
            models.Index(fields=["user_a", "user_b", "-total"], name="face_match_pair_idx"),
            models.Index(fields=["-similarity_score"], name="idx_face_matches_similarity"),
            models.Index(fields=["updated_at"], condition=~Q(withheld=""), name="face_match_withheld_idx"),
        ]

    def __str__(self) -> str:
        return f"{100 * self.total:.0f} of 100"

    def other(self, user_id: UUID) -> UUID:
        return self.user_b_id if user_id == self.user_a_id else self.user_a_id

    def face_of(self, user_id: UUID) -> UUID:
        return self.face_a_id if user_id == self.user_a_id else self.face_b_id
