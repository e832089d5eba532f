"""The versions of what likeness goes by: drafted, tuned on the real people, published."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from config.plots import Series, bars
from faces.analyzers import AnalyzerUnavailable
from faces.engine.factors import FACTORS
from faces.models import FaceParameters
from faces.models.parameters import NUMBERS
from faces.services import face_parameters, likeness_previews
from faces.services.likeness_previews import Comparison, Mover
from matching.admin.forms import ROUNDING, Percent
from matching.admin.versions import VersionsAdmin

BINS = 20


class LikenessForm(forms.ModelForm):
    """All numbers of one draft; each weight is a field of its own, in per cent."""

    class Meta:
        model = FaceParameters
        fields = ("note", *(name for name in NUMBERS if name != "weights"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FACTORS:
            held = self.instance.weights.get(name, 0.0)
            label, initial = spoken(name), round(100 * held, 4)
            self.fields[f"weights_{name}"] = Percent(min_value=0, max_value=100, label=label, initial=initial)
        for name, field in self.fields.items():
            field.widget = _widget(name)

    def weights(self) -> list[Any]:
        return [self[f"weights_{name}"] for name in FACTORS]

    def others(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields if name != "note"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self.instance.weights = _shares({name: given[f"weights_{name}"] for name in FACTORS})
        return given

    def changed_columns(self) -> set[str]:
        """The columns of the row that differ from what it held."""
        return {"weights" if name.startswith("weights_") else name for name in self.changed_data}


@admin.register(FaceParameters)
class FaceParametersAdmin(VersionsAdmin):
    """A preview scores pairs of the people who may be found, with both versions; it names nobody."""

    numbers = NUMBERS
    service: ClassVar = face_parameters
    tuning_form = LikenessForm
    tune_template = "faces/tune.html"
    consequence = "everybody is searched for again, a few at a time. What was shown stays shown, with its new score."

    def preview(self, form: LikenessForm) -> dict[str, Any]:
        if not form.is_valid():
            return {}
        try:
            found = likeness_previews.compare(live=face_parameters.live(), draft=form.instance)
        except AnalyzerUnavailable as exc:
            form.add_error(None, str(exc))
            return {}
        return {"preview": shown(found)}


def spoken(factor: str) -> str:
    return factor.replace("_", " ").capitalize()


def shown(comparison: Comparison) -> dict[str, Any]:
    """What the page of a preview shows."""
    return {
        "pairs": comparison.pairs,
        "figures": {"headers": ["", "Live", "Draft", "Change"], "rows": _figures(comparison)},
        "movers": {
            "headers": ["Live", "Draft", "Change", *map(spoken, FACTORS)],
            "rows": [_mover(mover) for mover in comparison.movers],
        },
        "plot": _histogram(comparison) if comparison.pairs else "",
    }


def _figures(found: Comparison) -> list[tuple[str, str, str, str]]:
    both = found.passing_both
    rows = [
        ("Pairs that are a match", found.passing_live, found.passing_draft),
        ("In both versions", both, both),
        ("In this version alone", found.passing_live - both, found.passing_draft - both),
    ]
    means = [float(totals.mean()) if found.pairs else 0.0 for totals in (found.live, found.draft)]
    before, after = (f"{mean:.3f}" for mean in means)
    return [
        *((name, str(one), str(other), f"{other - one:+d}") for name, one, other in rows),
        ("Mean likeness", before, after, f"{found.mean_change:+.3f}"),
    ]


def _mover(mover: Mover) -> list[str]:
    factors = ("-" if value is None else f"{value:.2f}" for value in mover.factors.values())
    return [f"{mover.live:.3f}", f"{mover.draft:.3f}", f"{mover.draft - mover.live:+.3f}", *factors]


def _histogram(found: Comparison) -> Any:
    one, other = (
        Series(name, [float(sum((totals * BINS).astype(int).clip(0, BINS - 1) == i)) for i in range(BINS)])
        for name, totals in (("Live", found.live), ("Draft", found.draft))
    )
    labels = [f"{i / BINS:.2f} to {(i + 1) / BINS:.2f}" for i in range(BINS)]
    title = "How alike the pairs are"
    return bars(
        title, f"How many of {found.pairs} pairs have a likeness within each range.", labels, (one, other), ".0f"
    )


def _shares(percent: dict[str, float]) -> dict[str, float]:
    """Fractions that sum to one to the last bit that matters: what rounding took is spread over all."""
    whole = sum(percent.values())
    if abs(whole - 100) > ROUNDING:
        raise forms.ValidationError(f"The weights sum to {whole:g} % and not to 100 %.")
    return {name: value / whole for name, value in percent.items() if value}


def _widget(name: str) -> forms.Widget:
    if name == "note":
        return UnfoldAdminTextInputWidget(attrs={"maxlength": 200})
    if name == "regional":
        return UnfoldBooleanWidget()
    return UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "min": "0"})
