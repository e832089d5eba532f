"""A frame is read as a serializer of its own would read it, whatever was read before."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from chat import frames
from chat.frames import SERIALIZERS
from config.errors import Invalid

ID = "01890000-0000-7000-8000-000000000001"
names = st.sampled_from(["conversation_id", "client_id", "text", "seq", "after_seq", "user_ids", "token", "more"])
names |= st.sampled_from(["gate_minute", "decision"])
values = (
    st.none()
    | st.booleans()
    | st.integers(-3, 2**64 - 1)
    | st.text(max_size=70)
    | st.sampled_from([ID, "x" * 64, "x" * 65, " ", "\x00", "1", "not_yet"])
    | st.lists(st.sampled_from([ID, "no id", 7, None]), max_size=3)
)
data = st.dictionaries(names, values, max_size=4) | values


def outcome(read) -> tuple[str, Any]:
    try:
        return "read", read()
    except ValidationError as refused:
        return "refused", (repr(refused.detail), refused.get_codes())


def by_one_of_its_own(kind, given):
    serializer = SERIALIZERS[kind](data=given)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def sent(kind, given) -> str:
    return orjson.dumps({"type": kind, "ref": "1", "data": given}).decode()


@pytest.mark.parametrize("kind", SERIALIZERS)
@given(given=data)
def test_what_is_read_and_what_is_refused_is_the_same(kind, given):
    assert outcome(lambda: frames.parse(sent(kind, given)).data) == outcome(lambda: by_one_of_its_own(kind, given))


def test_a_frame_that_was_refused_leaves_nothing_to_the_next():
    good = {"conversation_id": ID, "client_id": "1", "text": "hello"}
    for bad in (None, {}, {"text": 5}, good | {"more": 1}, good | {"client_id": ""}):
        with pytest.raises(ValidationError):
            frames.parse(sent("chat.send", bad))
        assert frames.parse(sent("chat.send", good)).data["text"] == "hello"


def test_what_one_frame_was_given_no_other_gets():
    first = frames.parse(sent("presence.watch", {"user_ids": [ID]})).data
    first["user_ids"].append("mine")
    assert len(frames.parse(sent("presence.watch", {"user_ids": [ID]})).data["user_ids"]) == 1


@pytest.mark.parametrize("half", ["\\ud83d", "\\udd2a", "x\\ud800x"])
def test_half_a_character_is_no_json(half):
    with pytest.raises(Invalid) as refused:
        frames.parse(f'{{"type": "chat.send", "ref": "1", "data": {{"text": "{half}"}}}}')
    assert refused.value.code == "malformed_frame"
