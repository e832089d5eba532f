"""What conversations tell of a match: whether its two people have talked."""

from uuid import UUID

from chat.models import Conversation, Message
from matching import talks
from matching.talks import Talk


def found(match_id: UUID) -> Talk | None:
    conversation_id = Conversation.objects.filter(match=match_id).values_list("id", flat=True).first()
    if conversation_id is None:
        return None
    said = Message.objects.filter(conversation=conversation_id).by_people()
    return Talk(conversation_id, mutual=said.values("sender").distinct().count() == 2)


def declare() -> None:
    talks.register(found)
