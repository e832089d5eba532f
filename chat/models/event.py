from django.db import models

from chat.enums import EventType
from config.db import Record
from matching.enums import Side
from safety.schema import RowSecurity, through


class ConversationEvent(Record):
    """One durable thing that happened in a conversation, in order. A client that has them all has it all.

    `side` says whose act it was without saying who; `data` holds no message text.
    """

    conversation = models.ForeignKey(
        "chat.Conversation", on_delete=models.CASCADE, related_name="events", db_index=False
    )
    seq = models.PositiveBigIntegerField()
    type = models.CharField(max_length=10, choices=EventType)
    side = models.CharField(max_length=1, choices=Side, blank=True)
    message = models.ForeignKey("chat.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="events")
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="event_seq"),
            RowSecurity(name="event_rls", select=through("chat_conversation", "conversation_id")),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
