"""What people want to say, before it is a message."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from chat.enums import MessageType
from chat.models import Message
from config.db import new_id
from config.errors import Invalid
from config.prepared import Prepared
from config.visible import is_blank
from safety.rulebook import judge
from safety.words.matcher import CLEAR, Decision
from safety.words.policy import Action

# What Unicode calls control characters, but for the end of a line and the tab, and halves of characters.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_TAKEN = Prepared(
    lambda senders, client_ids: Message.objects.filter(sender__id__any=senders, client_id__any=client_ids).only(
        "sender_id", "client_id"
    )
)


class MessageRefused(Invalid):
    """A text that is never said here; `label` in the details says why."""

    code = "message_refused"
    message = "This goes against the rules of this place and was not sent."


@dataclass(frozen=True)
class Draft:
    """A clean text on its way into a conversation; `client_id` is the sender's own number for it, `message_id` the id
    that it gets. The text of an image says which picture it is.
    """

    conversation_id: UUID
    by: UUID
    client_id: str
    text: str
    decision: Decision = field(default=CLEAR, compare=False)
    type: MessageType = MessageType.TEXT
    message_id: UUID = field(default_factory=new_id, compare=False)

    @property
    def label(self) -> str:
        """Why it is minded; empty for what nobody minds."""
        return "" if self.decision.allowed or not self.decision.label else self.decision.label.value

    @property
    def refusal(self) -> MessageRefused | None:
        return MessageRefused(label=self.label) if self.decision.action == Action.BLOCK else None

    @property
    def is_held(self) -> bool:
        return self.decision.action == Action.HOLD

    @property
    def is_plain(self) -> bool:
        """Whether it is delivered at once, with a label or without."""
        return self.decision.action in {Action.ALLOW, Action.WARN}


def draft(*, conversation_id: UUID, by: UUID, client_id: str, text: str) -> Draft:
    """Clean and judged by the rules in force. Raises Invalid (message_empty, message_too_long)."""
    kept = clean(text)
    return Draft(conversation_id, by, client_id, kept, judge(kept))


def clean(text: str) -> str:
    """The text without control characters. Raises Invalid when nothing visible is left, or too much."""
    kept = _CONTROL.sub("", text).strip()
    if len(kept) > settings.MESSAGE_LENGTH:
        limit = settings.MESSAGE_LENGTH
        raise Invalid(f"A message has at most {limit} characters.", code="message_too_long", limit=limit)
    if is_blank(kept):
        raise Invalid("A message needs some text.", code="message_empty")
    return kept


def unsent(drafts: Sequence[Draft]) -> list[Draft]:
    """In their order those whose client_id stands for no message yet, and for no earlier draft. One query."""
    senders, client_ids = [said.by for said in drafts], [said.client_id for said in drafts]
    taken = {(sent.sender_id, sent.client_id) for sent in _TAKEN.all(senders=senders, client_ids=client_ids)}
    first: dict[tuple[UUID, str], Draft] = {}
    for said in drafts:
        first.setdefault((said.by, said.client_id), said)
    return [said for key, said in first.items() if key not in taken]
