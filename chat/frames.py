"""What a client may say over the socket: `{"type", "ref", "data"}`, each type with its own strict data."""

import json
from dataclasses import dataclass
from typing import Any

import orjson
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from chat.enums import Decision
from config.api.serializers import StrictSerializer
from config.errors import Invalid

MAX_REF = 64


class NothingFrame(StrictSerializer):
    """No data."""


class SendFrame(StrictSerializer):
    conversation_id = serializers.UUIDField()
    client_id = serializers.CharField(max_length=64)
    # How long a message may be, and what is empty, the service says, with its own codes.
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


class ReadFrame(StrictSerializer):
    conversation_id = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=1, max_value=2**62)


class ConversationFrame(StrictSerializer):
    conversation_id = serializers.UUIDField()


class DecisionFrame(StrictSerializer):
    conversation_id = serializers.UUIDField()
    gate_minute = serializers.IntegerField(min_value=1, max_value=1000)
    decision = serializers.ChoiceField(Decision.choices)


class SyncFrame(StrictSerializer):
    conversation_id = serializers.UUIDField()
    after_seq = serializers.IntegerField(min_value=0, max_value=2**62)


class WatchFrame(StrictSerializer):
    user_ids = serializers.ListField(child=serializers.UUIDField(), max_length=200)


class RenewFrame(StrictSerializer):
    token = serializers.CharField(max_length=4096)


SERIALIZERS: dict[str, type[StrictSerializer]] = {
    "ping": NothingFrame,
    "chat.send": SendFrame,
    "chat.read": ReadFrame,
    "chat.typing": ConversationFrame,
    "chat.sync": SyncFrame,
    "gate.decide": DecisionFrame,
    "reveal.consent": ConversationFrame,
    "queue.join": NothingFrame,
    "queue.leave": NothingFrame,
    "queue.status": NothingFrame,
    "presence.watch": WatchFrame,
    "session.renew": RenewFrame,
}


def _shape(kind: type[StrictSerializer]) -> StrictSerializer:
    """A serializer that reads frame after frame; making one costs several times as much as reading with it.

    JSON has no halves of characters once it is read, so its texts are not searched for them.
    """
    shape = kind()
    for field in shape.fields.values():
        field.validators = [v for v in field.validators if not isinstance(v, ProhibitSurrogateCharactersValidator)]
    return shape


_SHAPES = {name: _shape(kind) for name, kind in SERIALIZERS.items()}


@dataclass(frozen=True)
class ClientFrame:
    """One parsed frame; `ref` is the client's own name for it."""

    type: str
    ref: str
    data: dict[str, Any]


def ref_of(text: str) -> str | None:
    """The ref of a frame that is no JSON of ours, as far as it can be made out at all, to answer it nonetheless.

    More lenient than what reads the frame: half an emoji, cut off by a client, is no reason to leave it waiting.
    """
    try:
        return _ref(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _ref(frame: Any) -> str | None:
    ref = frame.get("ref") if isinstance(frame, dict) else None
    if not isinstance(ref, str) or not 0 < len(ref) <= MAX_REF:
        return None
    # Half of a surrogate pair is text that no answer could repeat.
    return None if any("\ud800" <= character <= "\udfff" for character in ref) else ref


def parse(text: str) -> ClientFrame:
    """Raises Invalid (malformed_frame, unknown_field, unknown_frame), or ValidationError for its data."""
    frame = _envelope(text)
    shape = _SHAPES.get(frame["type"])
    if shape is None:
        raise Invalid("There is no such frame.", code="unknown_frame")
    return ClientFrame(frame["type"], frame["ref"], _valid(shape, frame.get("data", {})))


def _valid(shape: StrictSerializer, data: Any) -> dict[str, Any]:
    """What is wrong with the data a serializer of its own says, in the words of all others. Raises ValidationError."""
    try:
        return dict(shape.run_validation(data))
    except serializers.ValidationError:
        refused = type(shape)(data=data)
        refused.is_valid(raise_exception=True)
        raise


def _envelope(text: str) -> dict[str, Any]:
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise Invalid("A frame is a JSON object.", code="malformed_frame") from exc
    if not isinstance(frame, dict):
        raise Invalid("A frame is a JSON object.", code="malformed_frame")
    if unknown := sorted(set(frame) - {"type", "ref", "data"}):
        raise Invalid(f"A frame has no {', '.join(unknown)}.", code="unknown_field")
    if not isinstance(frame.get("type"), str) or _ref(frame) is None:
        raise Invalid(f"A frame has a type and a ref of 1 to {MAX_REF} characters.", code="malformed_frame")
    return frame
