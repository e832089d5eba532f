"""The rules for what people write, in the admin: changed on record, and tried out on a text."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from config.admin import ModelAdmin, staff_id
from safety import rulebook
from safety.models import ModerationRule, TextTrace
from safety.services import rules
from safety.words.fold import LONGEST
from safety.words.matcher import BadPattern, check


class RuleForm(forms.ModelForm):
    """A rule that can be used."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check(ModerationRule(**given).as_rule())
            except BadPattern as exc:
                raise forms.ValidationError({"pattern": str(exc)}) from exc
        return given


@admin.register(ModerationRule)
class ModerationRuleAdmin(ModelAdmin):
    """Who may view rules may try them; nobody deletes one, it is switched off."""

    form = RuleForm
    list_display = ("label", "language", "kind", "view", "pattern", "risk", "lowers", "active", "updated_at")
    list_filter = ("active", "label", "language", "kind")
    search_fields = ("pattern__contains",)
    search_help_text = "A whole id, or a part of the pattern"
    list_before_template = change_form_outer_after_template = "safety/try_text.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.add_moderationrule")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("safety.change_moderationrule")

    def save_model(self, request: HttpRequest, obj: ModerationRule, form: Any, change: bool) -> None:
        rules.save(rule=obj, by=staff_id(request), changed=form.changed_data)

    def get_urls(self) -> list[URLPattern]:
        tried = path("try/", self.admin_site.admin_view(self.try_text), name="safety_moderationrule_try")
        return [tried, *super().get_urls()]

    def try_text(self, request: HttpRequest) -> HttpResponse:
        """What the rules in force make of a text; it comes in a body, so that no log holds it, and is not kept."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = request.POST.get("text", "")[:LONGEST]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Try a text",
            "text": text,
            "decision": rulebook.current_matcher().judge(text) if text.strip() else None,
        }
        return TemplateResponse(request, "safety/tried.html", context)


@admin.register(TextTrace)
class TextTraceAdmin(ModelAdmin):
    list_display = ("created_at", "kind", "user", "place_id", "expires_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    parties = ("user",)
    subject_ids = ("place_id",)
    hidden = ("mark",)
