"""Fields with rules of their own, and checks that several serializers share."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from connect import places
from connect.languages import CODES

EARLIEST_YEAR = 1900
ADULT = 18
OLDEST = 120
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")


class BirthDateField(serializers.DateField):
    """The day of an adult's birth, YYYY-MM-DD and nothing else that ISO 8601 allows.

    Codes: impossible_date, age_under_18. Needs `today` in the context: the date that is the earliest on earth, so that
    the adult of one time zone is one in all.
    """

    default_error_messages = {
        "impossible_date": "There is no such day to be born on.",
        "age_under_18": "You have to be 18 or older.",
    }

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail("impossible_date")
        today: date = self.context["today"]
        if day > today or day.year < EARLIEST_YEAR:
            self.fail("impossible_date")
        if (today.year - ADULT, today.month, today.day) < (day.year, day.month, day.day):
            self.fail("age_under_18")
        return day


# JSON Schema's format `time` demands an offset from UTC, which a birth certificate does not have.
@extend_schema_field(
    {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "examples": ["07:30"]}
)
class BirthTimeField(serializers.TimeField):
    """Local time, HH:MM or HH:MM:SS; seconds are shown where there are any."""

    def to_internal_value(self, value: Any) -> time:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            self.fail("invalid", format="HH:MM or HH:MM:SS")
        at: time = super().to_internal_value(value)
        return at

    def to_representation(self, value: time) -> str:
        return value.isoformat("seconds" if value.second else "minutes")


class AgeField(serializers.IntegerField):
    """An age somebody here can have, 18 to 120. Code below it: age_under_18."""

    default_error_messages = {"age_under_18": "Nobody here is under 18."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=ADULT, max_value=OLDEST, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        age: int = super().to_internal_value(data)
        if age < ADULT:
            self.fail("age_under_18")
        return age


class LanguagesField(serializers.ListField):
    """Languages by ISO 639-1, each once. Code: unknown_language."""

    child = serializers.CharField(max_length=2)
    default_error_messages = {"unknown_language": "There is no language {code}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        languages: list[str] = super().to_internal_value(data)
        for code in languages:
            if code not in CODES:
                self.fail("unknown_language", code=code)
        return languages

    def run_validation(self, data: Any = empty) -> list[str]:
        return list(dict.fromkeys(super().run_validation(data)))


def refuse_unknown_keys(keys: Iterable[str], known: Iterable[str], field: str) -> None:
    """Raises a validation error that names each key that is not known, with the code unknown_key."""
    unknown = sorted(set(keys) - set(known))
    if unknown:
        reason = serializers.ErrorDetail("There is no such key.", code="unknown_key")
        raise serializers.ValidationError({field: {key: [reason] for key in unknown}})


def check_place(attrs: Mapping[str, Any]) -> None:
    """City and country come together, and so do latitude and longitude, which have to be on the globe."""
    _demand_both(attrs, "city", "country")
    _demand_both(attrs, "latitude", "longitude")
    latitude, longitude = attrs.get("latitude"), attrs.get("longitude")
    if latitude is not None and longitude is not None and not places.on_the_globe(latitude, longitude):
        message = "That is not a place on the globe."
        raise serializers.ValidationError({"latitude": [message]}, code="place_off_globe")


def _demand_both(attrs: Mapping[str, Any], first: str, second: str) -> None:
    for given, absent in ((first, second), (second, first)):
        if attrs.get(given) not in (None, "") and attrs.get(absent) in (None, ""):
            raise serializers.ValidationError({absent: [f"Give {first} and {second} together."]}, code="required")
