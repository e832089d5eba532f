"""Fields with rules of their own, and checks that several serializers share."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rest_framework import serializers

from connect import places
from connect.languages import CODES

EARLIEST_YEAR = 1900
ADULT = 18
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class BirthDateField(serializers.DateField):
    """The day of an adult's birth. Codes: impossible_date, age_under_18. Needs `today` in the context."""

    default_error_messages = {
        "impossible_date": "There is no such day to be born on.",
        "age_under_18": "You have to be 18 or older.",
    }

    def to_internal_value(self, value: Any) -> date:
        try:
            day = super().to_internal_value(value)
        except serializers.ValidationError:
            if isinstance(value, str) and _DAY.fullmatch(value):
                self.fail("impossible_date")
            raise
        today: date = self.context["today"]
        if day > today or day.year < EARLIEST_YEAR:
            self.fail("impossible_date")
        if (today.year - ADULT, today.month, today.day) < (day.year, day.month, day.day):
            self.fail("age_under_18")
        return day


class LanguagesField(serializers.ListField):
    """Languages by ISO 639-1, each once. Code: unknown_language."""

    child = serializers.CharField(max_length=2)
    default_error_messages = {"unknown_language": "There is no language {code}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        languages = list(dict.fromkeys(super().to_internal_value(data)))
        for code in languages:
            if code not in CODES:
                self.fail("unknown_language", code=code)
        return languages


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
