from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.enums import MessageType
from config.db import Record
from safety.schema import RowSecurity, through


class Message(Record):
    """What somebody said, as ciphertext only. `seq` is that of its event; `client_id` is the sender's own number for
    it, by which a message sent again is recognised. `content_preview` is a neutral teaser, never an excerpt;
    `retracted_digest` stands in for the ciphertext of a message taken back, keyed by its conversation's key.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveBigIntegerField()
    client_id = models.CharField(max_length=64)
    type = models.CharField(max_length=10, choices=MessageType, default=MessageType.TEXT)
    content_ciphertext = models.BinaryField(null=True, editable=False)
    content_preview = models.CharField(max_length=40, default="New message")
    contains_sensitive = models.BooleanField(default=False)
    moderation_label = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_digest = models.BinaryField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.UniqueConstraint(fields=["sender", "client_id"], name="message_client_id"),
            models.CheckConstraint(
                condition=Q(retracted_at=None) | Q(content_ciphertext=None), name="message_retracted_is_gone"
            ),
            RowSecurity(name="message_rls", select=through("chat_conversation", "conversation_id")),
        ]
        indexes = [
            models.Index(fields=["conversation", "seq"], condition=Q(read_at=None), name="message_unread_idx"),
            models.Index(fields=["conversation", "created_at"], name="message_time_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
