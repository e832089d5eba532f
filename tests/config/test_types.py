"""A field takes its own JSON type and no other."""

from datetime import UTC, datetime

import pytest
from rest_framework import serializers

from config.api.errors import describe
from config.api.serializers import CamelSerializer, MomentField, StrictSerializer
from config.api.types import mistake

NUMBER, TEXT, LIST, OBJECT = 5, "x", [], {}
INFINITE = float("inf")


def field(kind, **options):
    return {
        serializers.ChoiceField: lambda: kind(["a"], **options),
        serializers.RegexField: lambda: kind("x", **options),
    }.get(kind, lambda: kind(**options))()


@pytest.mark.parametrize(
    "kind, value",
    [
        (serializers.IntegerField, 5),
        (serializers.FloatField, 5),
        (serializers.FloatField, 5.5),
        (serializers.BooleanField, True),
        (serializers.CharField, "x"),
        (serializers.EmailField, "a@maitribe.example"),
        (serializers.SlugField, "x"),
        (serializers.RegexField, "x"),
        (serializers.UUIDField, "018f4f5e-8a52-7cc3-9d3c-0242ac120002"),
        (serializers.DateField, "1990-01-01"),
        (serializers.DateTimeField, "1990-01-01T00:00:00Z"),
        (serializers.TimeField, "12:00"),
        (serializers.ChoiceField, "a"),
        (serializers.ListField, [1, "x"]),
        (serializers.DictField, {"a": 1}),
        (serializers.JSONField, 5),
        (serializers.IntegerField, None),
    ],
)
def test_its_own_type_passes(kind, value):
    assert mistake(field(kind), value) is None


@pytest.mark.parametrize(
    "kind, values",
    [
        (serializers.IntegerField, ["5", 5.0, True, LIST, OBJECT]),
        (serializers.FloatField, ["5", True, LIST, float("nan"), INFINITE, -INFINITE]),
        (serializers.BooleanField, ["yes", "true", 1, 0, 1.0, LIST]),
        (serializers.CharField, [5, 5.5, True, LIST, OBJECT]),
        (serializers.EmailField, [5]),
        (serializers.SlugField, [5]),
        (serializers.RegexField, [5]),
        (serializers.UUIDField, [5, True, LIST]),
        (serializers.DateField, [19900101, True]),
        (serializers.DateTimeField, [0]),
        (serializers.TimeField, [12]),
        (serializers.ChoiceField, [1, True, LIST]),
        (serializers.ListField, ["x", 5, OBJECT]),
        (serializers.DictField, ["x", LIST]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_every_other_type_is_wrong(kind, values):
    assert [mistake(field(kind), value)[0].code for value in values] == ["wrong_type"] * len(values)


class Line(StrictSerializer):
    amount = serializers.IntegerField()


class Order(StrictSerializer):
    name = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), default=list)
    scores = serializers.DictField(child=serializers.IntegerField(), default=dict)
    lines = Line(many=True, default=list)


class Spoken(CamelSerializer):
    min_age = serializers.IntegerField()


class Asked(StrictSerializer):
    speaks_json = False
    after = serializers.IntegerField()


def refused(serializer, **data):
    with pytest.raises(serializers.ValidationError) as raised:
        serializer(data=data).is_valid(raise_exception=True)
    problem = describe(raised.value)
    return problem.code, list(problem.details)


def test_right_types_pass_together():
    order = Order(data={"name": None, "tags": ["a"], "scores": {"a": 1}, "lines": [{"amount": 1}]})
    assert order.is_valid()


@pytest.mark.parametrize(
    "data, where",
    [
        ({"name": 5}, "name"),
        ({"name": "a", "tags": ["a", 5]}, "tags.1"),
        ({"name": "a", "scores": {"a": 1, "b": "2"}}, "scores.b"),
        ({"name": "a", "lines": [{"amount": 1}, {"amount": "2"}]}, "lines.1.amount"),
    ],
)
def test_a_wrong_type_is_named_by_its_path(data, where):
    assert refused(Order, **data) == ("wrong_type", [where])


def test_a_wrong_type_is_named_as_it_is_spoken():
    assert refused(Spoken, minAge="20") == ("wrong_type", ["minAge"])


def test_what_comes_out_of_a_query_string_is_text():
    asked = Asked(data={"after": "5"})
    assert (asked.is_valid(), asked.validated_data) == (True, {"after": 5})


def test_a_query_string_too_is_refused_what_is_no_number():
    assert refused(Asked, after="five") == ("invalid", ["after"])


class Planned(StrictSerializer):
    at = MomentField()


@pytest.mark.parametrize(
    "said",
    ["2026-03-01T18:00:00Z", "2026-03-01T19:00:00.000000+01:00", "2026-03-01t18:00:00z", "2026-03-01T18:00:00-00:00"],
)
def test_a_moment_has_its_zone(said):
    planned = Planned(data={"at": said})
    assert (planned.is_valid(), planned.validated_data) == (True, {"at": datetime(2026, 3, 1, 18, tzinfo=UTC)})


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-01",
        "2026-W09-7T18:00:00Z",
        "20260301T180000Z",
        "2026-03-01T18:00:00",
        "2026-03-01T18:00Z",
        "2026-03-01 18:00:00Z",
        "2026-03-01T18:00:00+01",
        "2026-03-01T18:00:00Z\n",
        "\u0662\u0660\u0662\u0666-03-01T18:00:00Z",
        "2026-02-30T18:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T18:00:00+24:00",
        "0001-01-01T00:00:00+01:00",
        "",
    ],
)
def test_what_is_no_moment_with_its_zone_is_invalid(said):
    assert refused(Planned, at=said) == ("invalid", ["at"])


def test_it_is_told_how_a_moment_is_written():
    planned = Planned(data={"at": "2026-03-01"})
    assert not planned.is_valid()
    assert "2026-03-01T18:00:00Z" in str(planned.errors["at"][0])
