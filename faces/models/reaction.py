from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models

from config.db import Record
from faces.enums import ReactionType
from safety.schema import RowSecurity, owner


class ReactionQuerySet(models.QuerySet["Reaction"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(user=user_id)

    def likes(self) -> Self:
        return self.filter(reaction_type=ReactionType.LIKE)


class Reaction(Record):
    """What a person makes of a likeness: that they saw it, that they like it. The other learns of a like alone, and
    only when they like them too.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="face_reactions")
    match = models.ForeignKey("faces.FaceMatch", on_delete=models.CASCADE, related_name="reactions")
    reaction_type = models.CharField(max_length=6, choices=ReactionType)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match", "user", "reaction_type"], name="reactions_match_user_type_unique"),
            RowSecurity(name="reaction_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["reaction_type"], name="idx_reactions_type"),
            models.Index(fields=["user", "reaction_type"], name="idx_reactions_user_type"),
        ]

    def __str__(self) -> str:
        return self.reaction_type
