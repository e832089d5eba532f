"""What the tests of moderation in the message path share."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.enums import CloseReason
from chat.models import HeldMessage, Message
from chat.services import conversations, holds, messages
from safety.models import SafetyFlag
from tests import words
from tests.chat.people import Two, send


def held(two: Two, *, by: UUID | None = None, client_id: str | None = None) -> Message:
    with transaction.atomic():
        return send(two, words.HELD, by=by, client_id=client_id)


def hold_of(message: Message) -> HeldMessage:
    return HeldMessage.objects.get(message=message)


def decide(verb: str, message: Message, by: UUID) -> None:
    """`release` or `reject`, in a transaction of its own."""
    with transaction.atomic():
        getattr(holds, verb)(hold=hold_of(message).id, by=by, now=timezone.now())


def end(two: Two) -> None:
    with transaction.atomic():
        conversations.close(
            conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.b, now=timezone.now()
        )


def flags() -> list[tuple[str, dict[str, Any]]]:
    return [(flag.kind, flag.data) for flag in SafetyFlag.objects.order_by("created_at")]


def retract(two: Two, seq: int) -> None:
    messages.retract(conversation_id=two.conversation.id, by=two.a, seq=seq, now=timezone.now())
