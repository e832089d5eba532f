"""The numbers of a draft as an operator changes them: weights in per cent, lengths of time in hours or days."""

from datetime import timedelta
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from matching.admin.comparisons import spoken
from matching.engine.features import DIMENSIONS
from matching.models import EngineParameters
from matching.models.parameters import NUMBERS, WEIGHTS

ROUNDING = 0.005
"""Of a hundred per cent: what two decimals leave."""


class Percent(forms.FloatField):
    def prepare_value(self, value: Any) -> Any:
        return f"{value:.6g}" if isinstance(value, float) else value


class Span(forms.FloatField):
    """A length of time in one unit."""

    def __init__(self, *, unit: timedelta, **options: Any) -> None:
        super().__init__(**options)
        self.unit = unit

    def prepare_value(self, value: Any) -> Any:
        return f"{value / self.unit:g}" if isinstance(value, timedelta) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, timedelta):
            return value
        number = super().to_python(value)
        try:
            return None if number is None else number * self.unit
        except (OverflowError, ValueError) as exc:
            raise forms.ValidationError("This is no length of time.") from exc

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)


class TuningForm(forms.ModelForm):
    """All numbers of one draft; each weight is a field of its own."""

    lifetime = Span(unit=timedelta(hours=1), label="Lifetime of a proposal, hours")
    decline_rest = Span(unit=timedelta(days=1), label="Rest after a decline, days")
    freshness = Span(unit=timedelta(hours=1), label="Freshness, hours")

    class Meta:
        model = EngineParameters
        fields = ("note", *(name for name in NUMBERS if name not in WEIGHTS))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in WEIGHTS:
            for name in DIMENSIONS:
                self.fields[f"{column}_{name}"] = self._weight(column, name)
        for name, field in self.fields.items():
            field.widget = _widget(name, field)

    def _weight(self, column: str, name: str) -> forms.Field:
        held = getattr(self.instance, column).get(name, 0.0)
        return Percent(min_value=0, max_value=100, label=spoken(name), initial=round(100 * held, 4))

    def weights_of(self, column: str) -> list[Any]:
        """The bound fields of one profile, for the template."""
        return [self[f"{column}_{name}"] for name in DIMENSIONS]

    def profiles(self) -> list[tuple[str, list[Any]]]:
        return [
            ("Weights for romance, per cent", self.weights_of("connect_weights")),
            ("Weights for friendship, per cent", self.weights_of("friendship_weights")),
        ]

    def others(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields if name != "note"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            for column in WEIGHTS:
                setattr(self.instance, column, self._shares(column, given))
        return given

    def _shares(self, column: str, given: dict[str, Any]) -> dict[str, float]:
        """Fractions that sum to one to the last bit that matters: what rounding took is spread over all."""
        percent = {name: given[f"{column}_{name}"] for name in DIMENSIONS}
        whole = sum(percent.values())
        if abs(whole - 100) > ROUNDING:
            profile = "romance" if column == WEIGHTS[0] else "friendship"
            raise forms.ValidationError(f"The weights for {profile} sum to {whole:g} % and not to 100 %.")
        return {name: value / whole for name, value in percent.items() if value}

    def changed_columns(self) -> set[str]:
        """The columns of the row that differ from what it held."""
        return {next((column for column in WEIGHTS if name.startswith(column)), name) for name in self.changed_data}


class PublishForm(forms.Form):
    confirmed = forms.BooleanField(
        label="From now on everybody is matched by these numbers", widget=UnfoldBooleanWidget
    )


def _widget(name: str, field: forms.Field) -> forms.Widget:
    if name == "note":
        return UnfoldAdminTextInputWidget(attrs={"maxlength": 200})
    return UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "min": "0"})
