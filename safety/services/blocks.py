"""Keeping two people apart."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction

from config import isolation
from config.errors import Invalid, NotYours
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import as_service
from safety.services import audit, recognition
from safety.signals import user_blocked

FORMER_ALIAS = "Someone"
BATCH = 500


def block(*, by: UUID, other: UUID, source: BlockSource, now: datetime, alias: str = FORMER_ALIAS) -> Block:
    """Hide two people from each other, for good unless lifted; blocking twice is one block.

    Raises Invalid (own_block), and NotYours when one of the two is gone.
    """
    return get_or_block(by=by, other=other, source=source, now=now, alias=alias)[0]


def get_or_block(*, by: UUID, other: UUID, source: BlockSource, now: datetime, alias: str) -> tuple[Block, bool]:
    """The same, with whether the block is new to its author. What ran between the two ends with it, or after a panic
    exit a moment later.
    """
    if by == other:
        raise Invalid("You cannot block yourself.", code="own_block")
    with as_service():
        lock_pair(by, other)
        made, created = _make(by, other, source, alias)
        if created:
            recognition.remember(blocked=other)
            audit.record(action="blocked", actor=by, entity="safety_block", entity_id=made.id, source=source)
        if source == BlockSource.PANIC_EXIT:
            # Nothing else may keep somebody from getting out: what follows is left to `part_due`.
            Block.objects.filter(id=made.id).update(due_at=now)
        else:
            user_blocked.send(sender=Block, blocker_id=by, blocked_id=other, source=source, now=now)
    return made, created


def lift(*, block_id: UUID, by: UUID) -> None:
    """Take one's own block back, with all accounts it was carried to. What it ended stays ended. Raises NotYours."""
    with as_service():
        # Locked first: an account that is recognised just now either waits and finds nothing, or is lifted too.
        found = Block.objects.of(by).select_for_update().filter(id=block_id).first()
        if found is None:
            raise NotYours()
        found.delete()
        audit.record(action="unblocked", actor=by, entity="safety_block", entity_id=block_id)


def part_due(*, now: datetime) -> int:
    """End what still runs between people whom a carried block keeps apart; each pair in its own transaction. How many.

    Nothing shows in the meantime: every read and write asks for the block itself.
    """
    with transaction.atomic(), as_service():
        due = Block.objects.due().filter(due_at__lte=now).order_by("?")
        found = list(due.values_list("id", "blocker_id", "blocked_id")[:BATCH])
    return isolation.each(_part, found, failed="pair_not_parted")


def lock_pair(first: UUID, second: UUID) -> None:
    """Lock two people's rows in the order of their ids, as every write about a pair does. Raises NotYours."""
    users = get_user_model()._default_manager.filter(id__in=[first, second])
    found = users.order_by("id").select_for_update(no_key=True).values_list("id", flat=True)
    if len(found) != len({first, second}):
        raise NotYours()


def _make(by: UUID, other: UUID, source: BlockSource, alias: str) -> tuple[Block, bool]:
    """The block of this pair, and whether it is new to its author.

    One that was only carried over becomes a block of its own. Its author knows this person by another name and must
    not learn from the old one who it is.
    """
    made, created = Block.objects.get_or_create(
        blocker_id=by, blocked_id=other, defaults={"source": source, "alias": alias}
    )
    if made.carried_from_id is None:
        return made, created
    made.carried_from, made.source, made.alias = None, source, alias
    made.save(update_fields=["carried_from", "source", "alias"])
    return made, True


def _part(block_id: UUID, blocker: UUID, blocked: UUID) -> bool:
    with transaction.atomic(), as_service():
        try:
            lock_pair(blocker, blocked)
        except NotYours:  # erased between the two looks
            return False
        found = Block.objects.due().select_for_update(no_key=True).filter(id=block_id).first()
        if found is None:
            return False
        Block.objects.filter(id=block_id).update(due_at=None)
        # What follows a moment later bears the moment of the block, or it could be told from any other end.
        end = {"source": BlockSource(found.source), "now": found.due_at}
        user_blocked.send(sender=Block, blocker_id=blocker, blocked_id=blocked, **end)
        return True
