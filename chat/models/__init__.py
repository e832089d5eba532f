from chat.models.conversation import Conversation
from chat.models.event import ConversationEvent
from chat.models.message import Message
from chat.models.reveal import Reveal

__all__ = ["Conversation", "ConversationEvent", "Message", "Reveal"]
