"""Time in which we were down: staff say so, and no day that it touched breaks a streak."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from config import clock
from config.admin import ModelAdmin, staff_id
from config.errors import Invalid
from streaks.models import Outage
from streaks.services import outages

FIELD = {"outage_too_old": "starts_at"}
"""Where a refusal stands that is not about the end."""


class OutageForm(forms.ModelForm):
    """A time that is over; one that goes on is put on record when it has ended."""

    class Meta:
        help_texts: ClassVar = {"starts_at": "In UTC.", "ends_at": "In UTC.", "note": "What happened, for us."}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        starts_at, ends_at = given.get("starts_at"), given.get("ends_at")
        if starts_at and ends_at:
            try:
                outages.check(starts_at=starts_at, ends_at=ends_at, now=clock.now())
            except Invalid as refusal:
                self.add_error(FIELD.get(refusal.code, "ends_at"), refusal.message)
        return given


@admin.register(Outage)
class OutageAdmin(ModelAdmin):
    """On record; what is recorded stays. `due_at`: it is still looked for streaks that it broke."""

    form = OutageForm
    fields = ("starts_at", "ends_at", "note")
    list_display = ("starts_at", "ends_at", "note", "due_at")
    readonly_fields = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("streaks.add_outage")

    def save_model(self, request: HttpRequest, obj: Outage, form: Any, change: bool) -> None:
        moments = {"starts_at": obj.starts_at, "ends_at": obj.ends_at}
        made = outages.record(**moments, note=obj.note, by=staff_id(request), now=clock.now())
        obj.pk = made.pk
