"""Milestones, which staff set, and the reveals they give, which they read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from config.admin import ModelAdmin, staff_id
from streaks.models import MilestoneReveal, RevealContent, RevealJob, RevealMilestone
from streaks.services import milestones


class MilestoneForm(forms.ModelForm):
    """A day that lies between those of the reveals before and after it."""

    def clean_day_required(self) -> int:
        day: int = self.cleaned_data["day_required"]
        others = RevealMilestone.objects.filter(tier=self.instance.tier)
        earlier = Q(number__lt=self.instance.number, day_required__gte=day)
        later = Q(number__gt=self.instance.number, day_required__lte=day)
        if others.filter(earlier | later).exists():
            raise forms.ValidationError("Reveals of a tier come on rising days.")
        return day


@admin.register(RevealMilestone)
class RevealMilestoneAdmin(ModelAdmin):
    """On record; tier and number are what a milestone is, and the last one stays as it is."""

    form = MilestoneForm
    fields = ("tier", "number", "day_required", "purchasable")
    list_display = ("tier", "number", "day_required", "purchasable")
    list_filter = ("tier",)
    ordering = ("tier", "number")
    readonly_fields = ("tier", "number")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        fixed = obj is not None and obj.is_last
        return request.user.has_perm("streaks.change_revealmilestone") and not fixed

    def save_model(self, request: HttpRequest, obj: RevealMilestone, form: Any, change: bool) -> None:
        milestones.save(milestone=obj, by=staff_id(request))


@admin.register(MilestoneReveal)
class MilestoneRevealAdmin(ModelAdmin):
    list_display = ("created_at", "user", "streak", "number", "status", "payment", "unlocked_at")
    list_filter = ("status", "number")
    list_select_related = ("user", "streak", "payment")
    parties = ("streak__user_low", "streak__user_high")


@admin.register(RevealJob)
class RevealJobAdmin(ModelAdmin):
    list_display = ("created_at", "reveal", "due_at", "claimed_until", "attempts")
    list_select_related = ("reveal",)
    parties = ("reveal__streak__user_low", "reveal__streak__user_high")


@admin.register(RevealContent)
class RevealContentAdmin(ModelAdmin):
    """What was told stays with those it was told to."""

    list_display = ("written_at", "user", "reveal", "writer")
    list_filter = ("writer",)
    list_select_related = ("user", "reveal")
    parties = ("user", "subject")
    hidden = ("content",)
