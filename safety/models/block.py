from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.enums import BlockSource
from safety.schema import RowSecurity, owner


class BlockQuerySet(models.QuerySet["Block"]):
    def between(self, first: UUID, second: UUID) -> Self:
        """Blocks in either direction."""
        return self.filter(Q(blocker=first, blocked=second) | Q(blocker=second, blocked=first))

    def touching(self, user_ids: list[UUID]) -> Self:
        return self.filter(Q(blocker__in=user_ids) | Q(blocked__in=user_ids))


class Block(Record):
    """One person wants nothing to do with another. It works both ways; only its author can see it.

    `alias` is how the other was known when it was made: an anonymous person is never named by a block list.
    """

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks_made")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks_received")
    source = models.CharField(max_length=20, choices=BlockSource)
    alias = models.CharField(max_length=60)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_not_self"),
            RowSecurity(name="block_rls", select=owner("blocker_id")),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d}"
