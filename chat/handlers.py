"""What each client frame does, inside the transaction of `safety.unit`; the answer is the ack's data."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rest_framework_simplejwt.tokens import AccessToken

from chat import queries
from chat.services import gates, locks, messages, presence, reveals
from chat.services.receipts import receipt
from config.errors import NotSignedIn
from connect.realtime import publish
from matching.api.queue_serializers import told
from matching.queries_of_queue import wait_of
from matching.services import queue
from safety.unit import Caller, gate

SYNC_PAGE = 100


@dataclass
class Visitor:
    """Who is at the other end of one socket, and what that socket was told of."""

    caller: Caller
    user_id: UUID
    session_id: UUID
    expires_at: datetime
    watched: set[UUID] = field(default_factory=set)


Handler = Callable[[Visitor, dict[str, Any], datetime], dict[str, Any]]


def identify(token: str, address: str) -> Visitor:
    """The visitor an access token speaks for. Raises NotSignedIn."""
    caller = gate().identify(token, address)
    if caller.user_id is None or caller.session_id is None:
        raise NotSignedIn()
    expires_at = datetime.fromtimestamp(AccessToken(token)["exp"], UTC)  # type: ignore[arg-type]
    return Visitor(caller, caller.user_id, caller.session_id, expires_at)


def ping(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"now": now.isoformat()}


def send(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    return receipt(messages.send(by=visitor.user_id, now=now, **data))


def read(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"seq": data["seq"], "marked": messages.read(by=visitor.user_id, now=now, **data)}


def typing(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    conversation = queries.conversation_of(visitor.user_id, data["conversation_id"])
    locks.refuse_if_mute(conversation)
    publish([conversation.other(visitor.user_id)], "chat.typing", {"conversation_id": str(conversation.id)})
    return {}


def sync(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    conversation = queries.conversation_of(visitor.user_id, data["conversation_id"])
    found = messages.after(
        conversation=conversation, after_seq=data["after_seq"], limit=SYNC_PAGE, viewer=visitor.user_id
    )
    return {
        "conversation_id": str(conversation.id),
        "events": [{"type": frame.type, "data": frame.data} for frame in found],
        "last_seq": conversation.last_seq,
        "more": len(found) == SYNC_PAGE,
    }


def consent(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    reveal = reveals.request(by=visitor.user_id, now=now, **data)
    return {"reveal_state": reveals.state_of(reveal), "reveal_id": str(reveal.id)}


def decide(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    return asdict(gates.decide(by=visitor.user_id, now=now, **data))


def join(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    queue.join(by=visitor.user_id, now=now)
    return _wait(visitor, now)


def leave(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    queue.leave(by=visitor.user_id, now=now)
    return _wait(visitor, now)


def status(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    queue.see(by=visitor.user_id, now=now)
    return _wait(visitor, now)


def _wait(visitor: Visitor, now: datetime) -> dict[str, Any]:
    return told(wait_of(visitor.user_id, now))


def watch(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    seen = presence.watch(by=visitor.user_id, user_ids=data["user_ids"], now=now)
    visitor.watched = {person.user_id for person in seen}
    return {"people": [person.frame() for person in seen]}


def renew(visitor: Visitor, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Only a newer token of the same person and the same device carries a socket on."""
    fresh = identify(data["token"], visitor.caller.address)
    if (fresh.user_id, fresh.session_id) != (visitor.user_id, visitor.session_id):
        raise NotSignedIn("This token belongs to another session.", code="token_invalid")
    visitor.expires_at = max(visitor.expires_at, fresh.expires_at)
    return {"expires_at": visitor.expires_at.isoformat()}


HANDLERS: dict[str, Handler] = {
    "ping": ping,
    "chat.send": send,
    "chat.read": read,
    "chat.typing": typing,
    "chat.sync": sync,
    "gate.decide": decide,
    "reveal.consent": consent,
    "queue.join": join,
    "queue.leave": leave,
    "queue.status": status,
    "presence.watch": watch,
    "session.renew": renew,
}
# What a socket needs to live, and the way out; the flow itself waits for the flag that opens it to the public.
ALWAYS_OPEN = {"ping", "session.renew", "queue.leave"}
LIMITS = {
    "chat.send": ["chat"],
    "gate.decide": ["reveal"],
    "reveal.consent": ["reveal"],
    "queue.join": ["queue"],
    "queue.leave": ["leave"],
}
