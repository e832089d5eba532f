"""Pages for numbers that are kept in versions: read as they are, drafted, tuned, published."""

from functools import partial
from typing import Any, ClassVar
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
from matching.admin.forms import PublishForm
from matching.enums import ParametersStatus


class VersionsAdmin(ModelAdmin):
    """Every version with its history. The numbers of a draft are changed on its tuning page; nothing else changes.

    numbers: the columns in which versions differ. service: what drafts, saves and publishes them. form: the numbers of
    a draft, with `changed_columns`. consequence: what publishing brings about, in words.
    """

    list_display = ("version", "status", "note", "created_by", "published_at")
    list_filter = ("status",)
    list_select_related = ("created_by",)
    ordering = ("-number",)
    actions = ("publish_chosen",)
    list_before_template = "matching/new_draft.html"
    change_form_outer_before_template = "matching/draft_steps.html"

    numbers: ClassVar[tuple[str, ...]]
    service: ClassVar[Any]
    tuning_form: ClassVar[Any]
    tune_template: ClassVar[str]
    consequence: ClassVar[str]

    def preview(self, form: Any) -> dict[str, Any]:
        """What the tuning page shows of the numbers that were filled in, None for no preview yet."""
        raise NotImplementedError

    def has_tune_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def get_urls(self) -> list[URLPattern]:
        steps = [("tune", self.tune), ("publish", self.publish)]
        return [
            path("draft/", self.admin_site.admin_view(self.draft), name=self._name("draft")),
            *(path(f"<uuid:pk>/{name}/", self._of_draft(step), name=self._name(name)) for name, step in steps),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, self._with_rights(request, extra_context))

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        return super().changeform_view(request, object_id, form_url, self._with_rights(request, extra_context))

    def draft(self, request: HttpRequest) -> HttpResponse:
        """A new draft, and on to its tuning page."""
        if not self.has_tune_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(self._url("changelist"))
        made = self.service.draft(by=staff_id(request))
        return redirect(self._url("tune"), made.pk)

    def tune(self, request: HttpRequest, draft: Any) -> HttpResponse:
        """The numbers of a draft: previewed as they were filled in, or saved."""
        form = self.tuning_form(request.POST or None, instance=draft)
        if form.is_valid() and "save" in request.POST:
            return self._save(request, form)
        shown = {"form": form, "publish_url": self._url("publish"), **self.preview(form)}
        return self._page(request, self.tune_template, draft, f"Tune {draft.version}", shown)

    def publish(self, request: HttpRequest, draft: Any) -> HttpResponse:
        """What would change, and the question whether it shall."""
        form = PublishForm(request.POST or None)
        if form.is_valid():
            with reported(self, request, draft):
                self.service.publish(parameters_id=draft.pk, by=staff_id(request), now=clock.now())
            return redirect(self._url("changelist"))
        live = self.model._default_manager.live().get()
        shown = {
            "form": form,
            "live": live,
            "changes": changes(self.numbers, live, draft),
            "consequence": self.consequence,
        }
        return self._page(request, "matching/publish.html", draft, f"Publish {draft.version}", shown)

    @admin.action(description="Publish", permissions=["tune"])
    def publish_chosen(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """On to the page that asks; one is live at a time, so one is chosen."""
        chosen = list(queryset[:2])
        if len(chosen) == 1:
            return redirect(self._url("publish"), chosen[0].pk)
        self.message_user(request, "Choose one draft to publish.", messages.WARNING)
        return None

    def _name(self, step: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{step}"

    def _url(self, step: str) -> str:
        return f"admin:{self._name(step)}"

    def _with_rights(self, request: HttpRequest, extra: Any) -> dict[str, Any]:
        return {**(extra or {}), "may_tune": self.has_tune_permission(request)}

    def _save(self, request: HttpRequest, form: Any) -> HttpResponse:
        columns = form.changed_columns()
        with reported(self, request, form.instance):
            self.service.save(parameters=form.instance, by=staff_id(request), changed=columns)
        return redirect(self._url("tune"), form.instance.pk)

    def _of_draft(self, step: Any) -> Any:
        return self.admin_site.admin_view(partial(self._step, step=step))

    def _step(self, request: HttpRequest, pk: UUID, *, step: Any) -> HttpResponse:
        """What is done to a draft; of a version that is none any more there is only its page to read."""
        if not self.has_tune_permission(request):
            raise PermissionDenied
        found = self.model._default_manager.filter(pk=pk).first()
        if found is None:
            raise Http404
        if found.status == ParametersStatus.DRAFT:
            answer: HttpResponse = step(request, found)
            return answer
        self.message_user(request, f"{found}: this version does not change any more.", messages.WARNING)
        return redirect(self._url("change"), found.pk)

    def _page(self, request: HttpRequest, template: str, draft: Any, title: str, shown: dict[str, Any]) -> HttpResponse:
        common = {"opts": self.opts, "original": draft, "title": title}
        context = {**self.admin_site.each_context(request), **common, **shown}
        return TemplateResponse(request, template, context)


def changes(numbers: tuple[str, ...], live: Any, draft: Any) -> dict[str, Any]:
    """The numbers in which a draft differs, as unfold's table component takes them."""
    rows = [row for name in numbers for row in _differences(name, getattr(live, name), getattr(draft, name))]
    return {"headers": ["", "Live", "Draft"], "rows": rows}


def _differences(name: str, before: Any, after: Any) -> list[tuple[str, str, str]]:
    if isinstance(before, dict):
        keys = sorted({*before, *after})
        return [
            row for key in keys for row in _differences(f"{name}: {key}", before.get(key, 0.0), after.get(key, 0.0))
        ]
    return [] if before == after else [(name.replace("_", " "), str(before), str(after))]
