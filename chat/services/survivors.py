"""Whom a broken pairing left behind goes back into the queue, with the waiting that was theirs before."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from chat.models import Conversation
from chat.services import locks
from config import isolation
from config.errors import NotYours
from matching.enums import Side
from matching.models import QueueEntry
from matching.services import queue
from safety.roles import as_service

BATCH = 500


def requeue(*, now: datetime) -> int:
    """See to all who were left behind, each in its own transaction. How many."""
    with transaction.atomic(), as_service():
        broken = Conversation.objects.with_survivor().order_by("?")
        ids = list(broken.values_list("id", flat=True)[:BATCH])
    return isolation.each(_requeue, ((conversation_id, now) for conversation_id in ids), failed="survivor_not_requeued")


def _requeue(conversation_id: UUID, now: datetime) -> bool:
    with transaction.atomic(), as_service():
        try:
            conversation = locks.pair_and_conversation(conversation_id, by=None)
        except NotYours:  # erased between the two looks
            return False
        if not conversation.survivor:
            return False
        person = conversation.user_a_id if conversation.survivor == Side.A else conversation.user_b_id
        Conversation.objects.filter(id=conversation_id).update(survivor="")
        waited = QueueEntry.objects.filter(match=conversation.match_id, user=person)
        since = waited.values_list("waiting_since", flat=True).first()
        if since:
            queue.requeue(user_id=person, waiting_since=since, now=now)
        return True
