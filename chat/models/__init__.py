from chat.models.conversation import Conversation
from chat.models.event import ConversationEvent
from chat.models.gate import DecisionGate, GateWindow
from chat.models.hold import HeldMessage
from chat.models.message import Message
from chat.models.picture import MessagePicture
from chat.models.prompt import Prompt
from chat.models.reveal import Reveal

__all__ = [
    "Conversation",
    "ConversationEvent",
    "DecisionGate",
    "GateWindow",
    "HeldMessage",
    "Message",
    "MessagePicture",
    "Prompt",
    "Reveal",
]
