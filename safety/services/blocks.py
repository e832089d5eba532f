"""Keeping two people apart."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model

from config.errors import Invalid, NotYours
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import as_service
from safety.services import audit
from safety.signals import user_blocked

FORMER_ALIAS = "Someone"


def block(*, by: UUID, other: UUID, source: BlockSource, now: datetime, alias: str = FORMER_ALIAS) -> Block:
    """Hide two people from each other, for good unless lifted; blocking twice is one block."""
    if by == other:
        raise Invalid("You cannot block yourself.", code="own_block")
    with as_service():
        lock_pair(by, other)
        made, created = Block.objects.get_or_create(
            blocker_id=by, blocked_id=other, defaults={"source": source, "alias": alias}
        )
        if created:
            audit.record(action="blocked", actor=by, entity="safety_block", entity_id=made.id, source=source)
        user_blocked.send(sender=Block, blocker_id=by, blocked_id=other, source=source, now=now)
    return made


def lift(*, block_id: UUID, by: UUID) -> None:
    """Take one's own block back. What it ended stays ended. Raises NotYours."""
    with as_service():
        deleted, _ = Block.objects.filter(id=block_id, blocker_id=by).delete()
        if not deleted:
            raise NotYours()
        audit.record(action="unblocked", actor=by, entity="safety_block", entity_id=block_id)


def exists_between(first: UUID, second: UUID) -> bool:
    with as_service():
        return Block.objects.between(first, second).exists()


def lock_pair(first: UUID, second: UUID) -> None:
    """Lock two people's rows in the order of their ids, as every write about a pair does. Raises NotYours."""
    users = get_user_model()._default_manager.filter(id__in=[first, second])
    found = users.order_by("id").select_for_update(no_key=True).values_list("id", flat=True)
    if len(found) != len({first, second}):
        raise NotYours()
