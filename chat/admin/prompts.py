"""The catalogue of prompts, in the admin: added and changed on record."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from chat.models import Prompt
from chat.services import prompts
from config.admin import ModelAdmin, staff_id
from connect.wording import TOPICS


class PromptForm(forms.ModelForm):
    """A prompt whose topics are of those that people may name as off limits."""

    topic_tags = forms.MultipleChoiceField(
        choices=list(TOPICS.items()),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Every topic it touches: who does not want one of them is not shown the prompt.",
    )


@admin.register(Prompt)
class PromptAdmin(ModelAdmin):
    """Nobody deletes one, it is switched off; its code and type are what it is known by, and stay."""

    form = PromptForm
    list_display = ("code", "prompt_type", "stage", "text_en", "topic_tags", "active")
    list_filter = ("prompt_type", "stage", "active")
    ordering = ("prompt_type", "stage", "code")
    search_fields = ("code",)
    search_help_text = "A whole id or code"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.add_prompt")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("chat.change_prompt")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        known = ("code", "prompt_type") if obj else ()
        return (*super().get_readonly_fields(request, obj), *known)

    def save_model(self, request: HttpRequest, obj: Prompt, form: Any, change: bool) -> None:
        prompts.save(prompt=obj, by=staff_id(request), changed=form.changed_data)
