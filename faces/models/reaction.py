from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from config.db import Record
from faces.enums import ReactionType
from safety.schema import RowSecurity, owner


class ReactionQuerySet(models.QuerySet["Reaction"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(user=user_id)

    def likes(self) -> Self:
        return self.filter(reaction_type=ReactionType.LIKE)

    def between(self, first: UUID, second: UUID) -> Self:
        low, high = sorted((first, second))
        return self.filter(match__user_a=low, match__user_b=high)

    def mutual(self) -> Self:
        """Likes of two people who like each other, on whichever of their likenesses; asked as the service."""
        pair = {name: OuterRef(name) for name in ("match__user_a", "match__user_b")}
        theirs = Reaction.objects.likes().filter(**pair, match__withheld="").exclude(user=OuterRef("user"))
        return self.likes().filter(Exists(theirs), match__withheld="")


class Reaction(Record):
    """What a person makes of a likeness: that they saw it, that they like it. The other learns of a like alone, and
    only when they like them too.

    waiting_since: since when two like each other whom something keeps from a connection; empty of all others.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_reactions")
    match = models.ForeignKey("faces.FaceMatch", on_delete=models.CASCADE, related_name="reactions")
    reaction_type = models.CharField(max_length=6, choices=ReactionType)
    waiting_since = models.DateTimeField(null=True, blank=True)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match", "user", "reaction_type"], name="reactions_match_user_type_unique"),
            models.CheckConstraint(
                condition=Q(waiting_since=None) | Q(reaction_type=ReactionType.LIKE), name="reaction_likes_wait"
            ),
            RowSecurity(name="reaction_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["reaction_type"], name="idx_reactions_type"),
            models.Index(fields=["user", "reaction_type"], name="idx_reactions_user_type"),
            models.Index(
                fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="reaction_waiting_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.reaction_type
