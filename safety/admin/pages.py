"""What the pages of a report and of an appeal share: one page to read, and steps that are posted to it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.timesince import timesince

from config import clock
from config.admin import ModelAdmin
from safety import dossier
from safety.dossier import Dossier
from safety.enums import FOREVER
from safety.models import ModerationAction, Report, SafetyFlag
from safety.people import Portrait

Step = Callable[[HttpRequest, Any], HttpResponse]
Table = dict[str, Any]


class CasePages(ModelAdmin):
    """A row with a page of its own, and the steps a moderator may post there."""

    page_template: ClassVar[str]
    step_names: ClassVar[tuple[str, ...]]

    def get_urls(self) -> list[URLPattern]:
        steps = [
            path(f"<uuid:pk>/{name}/", self._posted(getattr(self, name)), name=self._name(name))
            for name in self.step_names
        ]
        return [*steps, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Only to be read: whatever changes is a step."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        if request.method != "GET" or not self.has_view_permission(request, found):
            raise PermissionDenied
        return self.show(request, found)

    def show(self, request: HttpRequest, found: Any, **shown: Any) -> HttpResponse:
        """The page, with whatever a step adds to it."""
        links = {f"{name}_url": self.link(name, found) for name in self.step_names}
        common = {"opts": self.model._meta, "original": found, "title": str(found), "now": clock.now()}
        context = {
            **admin.site.each_context(request),
            **common,
            **links,
            "may_decide": self.has_moderate_permission(request),
            "history": self.state_history(found),
            **self.context(request, found),
            **shown,
        }
        return TemplateResponse(request, self.page_template, context)

    def context(self, request: HttpRequest, found: Any) -> dict[str, Any]:
        """What is particular to this kind of page."""
        return {}

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        meta = self.model._meta
        return request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}")

    def link(self, step: str, found: Model) -> str:
        return reverse(f"admin:{self._name(step)}", args=[found.pk])

    def back(self, found: Model) -> HttpResponse:
        return redirect(self.link("change", found))

    def _name(self, step: str) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}_{step}"

    def _posted(self, step: Step) -> Any:
        return self.admin_site.admin_view(partial(self._take_step, step=step))

    def _take_step(self, request: HttpRequest, pk: UUID, *, step: Step) -> HttpResponse:
        found = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        return step(request, found) if request.method == "POST" else self.back(found)


def people_of(roles: Sequence[tuple[str, UUID]], *, viewer: UUID, besides: UUID | None = None) -> list[dict[str, Any]]:
    """The dossiers of the people of a case by their role in it, as the templates show them to one moderator."""
    found = dossier.of([user_id for _, user_id in roles], besides=besides, viewer=viewer, now=clock.now())
    return [_person(role, of) for (role, _), of in zip(roles, found, strict=True)]


def _person(role: str, of: Dossier) -> dict[str, Any]:
    tables = {
        "Earlier reports against them": _reports(of.received, "By", "reporter_id"),
        "Earlier reports by them": _reports(of.filed, "Against", "reported_id"),
        "Measures": _actions(of.actions),
        "Silent flags": _flags(of.flags),
    }
    nothing = [(title, "none") for title, table in tables.items() if not table["rows"]]
    full = [(title, table) for title, table in tables.items() if table["rows"]]
    return {"role": role, "facts": [*_facts(of), *nothing], "tables": full}


def _facts(of: Dossier) -> list[tuple[str, Any]]:
    return [
        ("Id", of.user_id),
        *(_portrait(of.portrait) if of.portrait else [("Account", "erased")]),
        ("Blocked", f"{of.blocks_made} others"),
        ("Blocked by", f"{of.blocks_received} others"),
        ("Reports confirmed", f"{of.confirmed} of {of.decided} (accuracy {of.accuracy:.0%})"),
    ]


def _portrait(of: Portrait) -> list[tuple[str, Any]]:
    return [
        ("Nickname", of.nickname or "-"),
        ("Age", of.age or "not known"),
        ("Account", of.status if of.suspended_until is None else f"{of.status}, kept out {end(of.suspended_until)}"),
        ("Member for", timesince(of.member_since, depth=1)),
    ]


def _reports(reports: Iterable[Report], other: str, column: str) -> Table:
    rows = [
        (
            linked(report, _day(report.created_at)),
            report.get_reason_code_display(),
            report.get_status_display(),
            short(getattr(report, column)),
        )
        for report in reports
    ]
    return _table(["Filed", "Reason", "Status", other], rows)


def _actions(actions: Iterable[ModerationAction]) -> Table:
    rows = [
        (
            linked(action, _day(action.created_at)),
            action.get_kind_display(),
            action.get_reason_code_display(),
            _day(action.expires_at),
            _day(action.revoked_at),
            action.its_appeal.get_status_display() if action.its_appeal else "-",
        )
        for action in actions
    ]
    return _table(["Taken", "Measure", "Ground", "Until", "Taken back", "Appeal"], rows)


def _flags(flags: Iterable[SafetyFlag]) -> Table:
    rows = [
        (_day(flag.created_at), flag.get_kind_display(), listed(flag.data), _day(flag.resolved_at)) for flag in flags
    ]
    return _table(["Raised", "Kind", "What", "Resolved"], rows)


def _table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """As unfold's table component takes it."""
    return {"headers": headers, "rows": rows}


def listed(data: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in data.items()) or "-"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"


def end(moment: datetime | None) -> str:
    """Until when a measure lasts, in words; None is of one that has no date."""
    if moment == FOREVER:
        return "for good"
    return f"until {moment:%Y-%m-%d %H:%M}" if moment else "until taken back"


def short(user_id: UUID | None) -> str:
    """The end of an id tells people apart; its beginning is the time they joined."""
    return str(user_id)[-8:] if user_id else "-"


def linked(row: Model, words: str) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html(
        '<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', reverse(name, args=[row.pk]), words
    )
