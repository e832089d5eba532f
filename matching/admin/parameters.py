"""The versions of the engine's numbers: read as they are, drafted, tuned on the real pool, published."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from config import clock
from config.admin import ModelAdmin, reported, staff_id
from matching.admin import comparisons
from matching.admin.forms import PublishForm, TuningForm
from matching.enums import ParametersStatus
from matching.models import EngineParameters
from matching.models.parameters import NUMBERS
from matching.services import parameters, previews, tuning

NAME = "matching_engineparameters"


@admin.register(EngineParameters)
class EngineParametersAdmin(ModelAdmin):
    """Every version with its history. The numbers of a draft are changed on its tuning page; nothing else changes."""

    list_display = ("version", "status", "note", "created_by", "published_at")
    list_filter = ("status",)
    list_select_related = ("created_by",)
    ordering = ("-number",)
    actions = ("publish_chosen",)
    list_before_template = "matching/new_draft.html"
    change_form_outer_before_template = "matching/draft_steps.html"

    def has_tune_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("matching.change_engineparameters")

    def get_urls(self) -> list[URLPattern]:
        steps = [("tune", self.tune), ("publish", self.publish)]
        return [
            path("draft/", self.admin_site.admin_view(self.draft), name=f"{NAME}_draft"),
            *(path(f"<uuid:pk>/{name}/", self._of_draft(step), name=f"{NAME}_{name}") for name, step in steps),
            *super().get_urls(),
        ]

    def draft(self, request: HttpRequest) -> HttpResponse:
        """A new draft, and on to its tuning page."""
        if not self.has_tune_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(f"admin:{NAME}_changelist")
        made = tuning.draft(by=staff_id(request))
        return redirect(f"admin:{NAME}_tune", made.pk)

    def tune(self, request: HttpRequest, draft: EngineParameters) -> HttpResponse:
        """The numbers of a draft: previewed as they were filled in, or saved."""
        form = TuningForm(request.POST or None, instance=draft)
        preview = None
        if form.is_valid() and "save" in request.POST:
            return self._save(request, form)
        if form.is_valid():
            live = parameters.live()
            preview = previews.compare(live=live, draft=form.instance.as_parameters(), now=clock.now())
        shown = {"form": form, "most": previews.PEOPLE, "preview": preview and comparisons.shown(preview)}
        return self._page(request, "matching/tune.html", draft, f"Tune {draft.version}", shown)

    def publish(self, request: HttpRequest, draft: EngineParameters) -> HttpResponse:
        """What would change, and the question whether it shall."""
        form = PublishForm(request.POST or None)
        if form.is_valid():
            with reported(self, request, draft):
                tuning.publish(parameters_id=draft.pk, by=staff_id(request), now=clock.now())
            return redirect(f"admin:{NAME}_changelist")
        live = EngineParameters.objects.live().get()
        shown = {"form": form, "live": live, "changes": changes(live, draft)}
        return self._page(request, "matching/publish.html", draft, f"Publish {draft.version}", shown)

    @admin.action(description="Publish", permissions=["tune"])
    def publish_chosen(self, request: HttpRequest, queryset: QuerySet[EngineParameters]) -> HttpResponse | None:
        """On to the page that asks; one is live at a time, so one is chosen."""
        chosen = list(queryset[:2])
        if len(chosen) == 1:
            return redirect(f"admin:{NAME}_publish", chosen[0].pk)
        self.message_user(request, "Choose one draft to publish.", messages.WARNING)
        return None

    def _save(self, request: HttpRequest, form: TuningForm) -> HttpResponse:
        columns = form.changed_columns()
        with reported(self, request, form.instance):
            tuning.save(parameters=form.instance, by=staff_id(request), changed=columns)
        return redirect(f"admin:{NAME}_tune", form.instance.pk)

    def _of_draft(self, step: Any) -> Any:
        return self.admin_site.admin_view(partial(self._step, step=step))

    def _step(self, request: HttpRequest, pk: UUID, *, step: Any) -> HttpResponse:
        """What is done to a draft; of a version that is none any more there is only its page to read."""
        if not self.has_tune_permission(request):
            raise PermissionDenied
        found = EngineParameters.objects.filter(pk=pk).first()
        if found is None:
            raise Http404
        if found.status == ParametersStatus.DRAFT:
            answer: HttpResponse = step(request, found)
            return answer
        self.message_user(request, f"{found}: this version does not change any more.", messages.WARNING)
        return redirect(f"admin:{NAME}_change", found.pk)

    def _page(
        self, request: HttpRequest, template: str, draft: EngineParameters, title: str, shown: dict[str, Any]
    ) -> HttpResponse:
        common = {"opts": self.model._meta, "original": draft, "title": title}
        context = {**self.admin_site.each_context(request), **common, **shown}
        return TemplateResponse(request, template, context)


def changes(live: EngineParameters, draft: EngineParameters) -> dict[str, Any]:
    """The numbers in which a draft differs, as unfold's table component takes them."""
    rows = [row for name in NUMBERS for row in _differences(name, getattr(live, name), getattr(draft, name))]
    return {"headers": ["", "Live", "Draft"], "rows": rows}


def _differences(name: str, before: Any, after: Any) -> list[tuple[str, str, str]]:
    if isinstance(before, dict):
        keys = sorted({*before, *after})
        return [
            row for key in keys for row in _differences(f"{name}: {key}", before.get(key, 0.0), after.get(key, 0.0))
        ]
    return [] if before == after else [(name.replace("_", " "), str(before), str(after))]
