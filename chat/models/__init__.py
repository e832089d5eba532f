from chat.models.conversation import Conversation
from chat.models.event import ConversationEvent
from chat.models.hold import HeldMessage
from chat.models.message import Message
from chat.models.prompt import Prompt
from chat.models.reveal import Reveal

__all__ = [
    "Conversation",
    "ConversationEvent",
    "HeldMessage",
    "Message",
    "Prompt",
    "Reveal",
]
