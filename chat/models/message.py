from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from chat.enums import MessageType
from config.db import Record
from safety.schema import RowSecurity, owner, through
from safety.words.rules import Label


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> Self:
        """What was said and is not read yet."""
        return self.filter(seq__isnull=False, read_at=None, retracted_at=None)

    def by_people(self) -> Self:
        """What one of the two said, as far as it reached the other."""
        return self.filter(seq__isnull=False, sender__isnull=False)


class Message(Record):
    """What somebody said, as ciphertext only. `seq` is that of its event; `client_id` is the sender's own number for
    it, by which a message sent again is recognised. One that is held for a moderator has no `seq` yet and is no event:
    to the other it does not exist, in the row policy too. Only an icebreaker is nobody's, and there is one in a
    conversation. What is sealed of an image says which picture it is, that of the MessagePicture. `content_preview` is
    a neutral teaser, never an excerpt; `retracted_digest` stands in for the ciphertext of a message taken back, keyed
    by its conversation's key.
    """

    conversation = models.ForeignKey("chat.Conversation", on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    seq = models.PositiveBigIntegerField(null=True)
    client_id = models.CharField(max_length=64)
    type = models.CharField(max_length=10, choices=MessageType, default=MessageType.TEXT)
    content_ciphertext = models.BinaryField(null=True, editable=False)
    content_preview = models.CharField(max_length=40, default="New message")
    contains_sensitive = models.BooleanField(default=False)
    moderation_label = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    retracted_at = models.DateTimeField(null=True, blank=True)
    retracted_digest = models.BinaryField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.CheckConstraint(
                condition=Q(seq__isnull=False) | Q(held_at__isnull=False), name="message_numbered_unless_held"
            ),
            models.UniqueConstraint(fields=["sender", "client_id"], name="message_client_id"),
            models.CheckConstraint(
                condition=Q(retracted_at=None) | Q(content_ciphertext=None), name="message_retracted_is_gone"
            ),
            models.CheckConstraint(
                condition=Q(type=MessageType.ICEBREAKER, sender=None)
                | ~Q(type=MessageType.ICEBREAKER) & Q(sender__isnull=False),
                name="message_somebodys_but_an_icebreaker",
            ),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(type=MessageType.ICEBREAKER), name="message_one_icebreaker"
            ),
            RowSecurity(
                name="message_rls",
                select=f"{through('chat_conversation', 'conversation_id')}"
                f" AND (seq IS NOT NULL OR {owner('sender_id')})",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "seq"], condition=Q(read_at=None), name="message_unread_idx"),
            models.Index(fields=["conversation", "created_at"], name="message_time_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"

    @property
    def number(self) -> int:
        """The `seq` of what was said; what is held was not, and has none."""
        assert self.seq is not None
        return self.seq

    @property
    def author(self) -> UUID:
        """Who said what somebody said."""
        assert self.sender_id is not None
        return self.sender_id

    @property
    def warning(self) -> str | None:
        """What the reader should be careful of. That the writer is in despair is theirs to tell, not ours to label."""
        return None if self.moderation_label == Label.SELF_HARM else self.moderation_label or None
