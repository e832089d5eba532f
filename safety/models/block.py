from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from config.db import Record
from safety.enums import BlockSource
from safety.schema import RowSecurity, owner


class BlockQuerySet(models.QuerySet["Block"]):
    def between(self, first: UUID | OuterRef, second: UUID | OuterRef) -> Self:
        """Blocks in either direction."""
        return self.filter(Q(blocker=first, blocked=second) | Q(blocker=second, blocked=first))

    def touching(self, user_ids: list[UUID]) -> Self:
        return self.filter(Q(blocker__in=user_ids) | Q(blocked__in=user_ids))

    def of(self, user_id: UUID) -> Self:
        """Those a person made, as they know them: what was carried over to another account is the same block."""
        return self.filter(blocker=user_id, carried_from=None)

    def due(self) -> Self:
        """Those whose two people are apart, but whose matches and conversations still run."""
        return self.filter(due_at__isnull=False, blocked__isnull=False)


class Block(Record):
    """One person wants nothing to do with another. It works both ways; only its author can see it.

    `alias` is how the other was known when it was made: an anonymous person is never named by a block list. It outlives
    the account it was made against (`blocked` null): its `identities` recognise the person who comes back, and then
    `carried_from` is the block that the new account inherited. `due_at`: since when what still runs between the two is
    to be ended.
    """

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks_made")
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="blocks_received"
    )
    source = models.CharField(max_length=20, choices=BlockSource)
    alias = models.CharField(max_length=60)
    carried_from = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="carried")
    due_at = models.DateTimeField(null=True, blank=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_pair"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_not_self"),
            RowSecurity(name="block_rls", select=owner("blocker_id")),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="block_due_idx")]

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d}"


def apart(one: str, other: str) -> Exists:
    """Whether one of the two people that these columns of a row name blocked the other, for that row's own query.

    Only the service finds out: a client would see the blocks it made itself, and take the others for none.
    """
    return Exists(Block.objects.between(OuterRef(one), OuterRef(other)))


class BlockedIdentity(Record):
    """The keyed hash of an address or a phone number of a blocked person, so that a new account is recognised by it.

    It belongs to the block and not to the blocked account, whose erasure it outlives; lifting the block deletes it.
    """

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="identities")
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "blocked identities"
        constraints = [
            models.UniqueConstraint(fields=["digest", "block"], name="blocked_identity_once"),
            RowSecurity(name="blocked_identity_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
