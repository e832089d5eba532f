"""What a moderator fills in to decide: always with reasons, and never by a single slip of the hand."""

from collections.abc import Mapping
from datetime import timedelta

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from config.db import new_id
from safety.enums import ActionKind, ReportReason, Severity, TrustSource
from safety.services.actions import Measure
from safety.trust import RULES

DISMISS = "dismiss"
MEASURES: Mapping[str, Measure] = {
    "warn": Measure(ActionKind.WARNING),
    "restrict": Measure(ActionKind.RESTRICTION),
    "suspend_7": Measure(ActionKind.SUSPENSION, timedelta(days=7)),
    "suspend_30": Measure(ActionKind.SUSPENSION, timedelta(days=30)),
    "ban": Measure(ActionKind.BAN),
}
# The buttons of a case: what each submits, what it says, how it looks.
BUTTONS = (
    (DISMISS, "Dismiss", "default"),
    ("warn", "Warn", "secondary"),
    ("restrict", "Restrict", "secondary"),
    ("suspend_7", "Suspend 7 days", "primary"),
    ("suspend_30", "Suspend 30 days", "primary"),
    ("ban", "Ban", "danger"),
)


class Confirmed(forms.Form):
    """`required` attributes let the browser ask for what is missing before anything is sent."""

    confirmed = forms.BooleanField(
        label="I have looked at this case and confirm my decision", widget=UnfoldBooleanWidget
    )


class DecisionForm(Confirmed):
    """How a report is decided; the button says by what."""

    reason_code = forms.ChoiceField(label="Ground", choices=ReportReason.choices, widget=UnfoldAdminSelectWidget)
    statement = forms.CharField(
        label="Statement of reasons",
        help_text="The person concerned reads it if you act; if you dismiss, it stays in the file.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    measure = forms.ChoiceField(choices=[(name, name) for name in (DISMISS, *MEASURES)], widget=forms.HiddenInput)
    field_order = ("reason_code", "statement", "confirmed")


class SeverityForm(forms.Form):
    """How grave a report is, by whoever has read it."""

    severity = forms.ChoiceField(choices=Severity.choices, widget=UnfoldAdminSelectWidget)


class FlagForm(Confirmed):
    """What follows from a flag; the button says which measure."""

    reason_code = forms.ChoiceField(label="Ground", choices=ReportReason.choices, widget=UnfoldAdminSelectWidget)
    statement = forms.CharField(
        label="Statement of reasons",
        help_text="The person concerned reads it, and does not learn of the flag.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    measure = forms.ChoiceField(choices=[(name, name) for name in MEASURES], widget=forms.HiddenInput)
    field_order = ("reason_code", "statement", "confirmed")


class AppealForm(Confirmed):
    """How an appeal is decided; the button says which way."""

    decision_text = forms.CharField(
        label="Decision and reasons",
        help_text="The person concerned reads it.",
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    decision = forms.ChoiceField(choices=[("uphold", "Uphold"), ("overturn", "Overturn")], widget=forms.HiddenInput)
    field_order = ("decision_text", "confirmed")


class ReviewForm(Confirmed):
    """How somebody's trust is corrected; `ref` is this form's own, so that it sent twice is one review."""

    delta = forms.IntegerField(
        label="Move by",
        min_value=RULES[TrustSource.MANUAL_REVIEW].event.lowest,
        max_value=RULES[TrustSource.MANUAL_REVIEW].event.highest,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(
        label="Reason",
        help_text="The person concerned finds it in their export.",
        max_length=1000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    ref = forms.UUIDField(initial=new_id, widget=forms.HiddenInput)
    field_order = ("delta", "reason", "confirmed")
