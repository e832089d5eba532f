"""A reply written as it is says what Django REST framework's own serializer says."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import orjson
import pytest
from rest_framework import serializers

from chat.enums import State
from config.api.rendering import dumps
from config.api.serializers import PlainSerializer


@dataclass
class Inner:
    word: str


class Shout(serializers.CharField):
    """A field of one's own, which writes something else than it is given."""

    def to_representation(self, value):
        return value.upper()


class Louder(serializers.CharField):
    """A field that asks the context of the serializer it stands in."""

    def to_representation(self, value):
        return value * self.context["more"]


def declared(base):
    class Row(base):
        id = serializers.UUIDField()
        at = serializers.DateTimeField()
        seen_at = serializers.DateTimeField(allow_null=True)
        count = serializers.IntegerField()
        open = serializers.BooleanField()
        text = serializers.CharField()
        state = serializers.ChoiceField(State.choices)
        word = serializers.CharField(source="inner.word")
        shout = Shout(source="text")
        louder = Louder(source="text")
        length = serializers.SerializerMethodField()
        words = serializers.ListField(child=serializers.CharField())
        ratio = serializers.DecimalField(max_digits=5, decimal_places=2)
        hidden = serializers.CharField(write_only=True)

        def get_length(self, row):
            return len(row.text) + self.context["more"]

    return Row


def row(**fields):
    values = {"id": uuid4(), "at": datetime(2026, 5, 1, 12, 0, 0, 123456, UTC), "seen_at": None, "count": 3}
    values |= {"open": True, "text": "Grüße \u2028 <b>", "state": State.ANONYMOUS, "inner": Inner("deep")}
    return SimpleNamespace(**{**values, "words": ["a"], "ratio": "1.50", "hidden": "secret", **fields})


def told(base, rows, more=1):
    return orjson.loads(dumps(declared(base)(rows, many=True, context={"more": more}).data))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"seen_at": datetime(2026, 5, 1, tzinfo=UTC)},
        {"count": 0, "open": False, "text": ""},
        {"state": "closed", "words": []},
        {"count": 2**62},
    ],
)
def test_it_is_what_the_frameworks_own_serializer_says(fields):
    rows = [row(**fields), row()]
    assert told(PlainSerializer, rows) == told(serializers.Serializer, rows)


def test_it_keeps_the_order_of_the_fields():
    assert list(told(PlainSerializer, [row()])[0]) == list(told(serializers.Serializer, [row()])[0])


def test_what_is_only_written_to_is_not_shown():
    assert "hidden" not in told(PlainSerializer, [row()])[0]


def test_each_row_is_written_as_it_is():
    assert [told_row["text"] for told_row in told(PlainSerializer, [row(text="a"), row(text="b")])] == ["a", "b"]


@pytest.mark.parametrize("base", [PlainSerializer, serializers.Serializer])
def test_each_serializer_of_a_class_has_its_own_context(base):
    kind, one = declared(base), row(text="ab")
    written = [kind([one], many=True, context={"more": more}).data[0] for more in (1, 2, 1)]
    assert [(found["length"], found["louder"]) for found in written] == [(3, "ab"), (4, "abab"), (3, "ab")]


def test_a_class_that_says_it_otherwise_is_asked_itself():
    class Other(declared(PlainSerializer)):
        text = serializers.SerializerMethodField()

        def get_text(self, row):
            return row.text[::-1]

        def get_length(self, row):
            return -1

    found = Other(row(text="ab"), context={"more": 1}).data
    assert (found["text"], found["length"], found["word"]) == ("ba", -1, "deep")


def test_its_fields_are_copied_for_no_further_serializer(monkeypatch):
    kind = declared(PlainSerializer)
    del kind._declared_fields["louder"], kind._declared_fields["shout"]
    del kind._declared_fields["words"], kind._declared_fields["ratio"]
    assert kind([row()], many=True, context={"more": 1}).data
    monkeypatch.setattr(kind, "get_fields", None)
    assert kind([row(text="ab")], many=True, context={"more": 1}).data[0]["text"] == "ab"
