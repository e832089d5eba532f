"""The queue of appeals, and the page on which one is decided by another moderator than the first."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from config import clock
from config.admin import reported, staff_id
from safety.admin.forms import AppealForm
from safety.admin.pages import CasePages, end, linked, people_of
from safety.enums import ActionKind, AppealStatus
from safety.models import Appeal
from safety.services import appeals


class AppealFilter(admin.SimpleListFilter):
    """What is open unless asked otherwise."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "To be decided"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Appeal]:
        found: QuerySet[Appeal] = queryset if self.value() else queryset.open()
        return found


@admin.register(Appeal)
class AppealAdmin(CasePages):
    """Appeals, the oldest first."""

    list_display = ("created_at", "status", "action", "taken_back", "appellant_id", "action_by_id", "decided_by_id")
    list_filter = (AppealFilter, "status")
    list_select_related = ("action",)
    ordering: ClassVar = ("created_at", "id")
    hidden = ("text", "text_key")
    parties = ("appellant", "action__report__reporter")
    page_template = "safety/appeal.html"
    step_names: ClassVar = ("read", "decide")

    @display(description="Taken back", empty_value="-")
    def taken_back(self, appeal: Appeal) -> datetime | None:
        return appeal.action.revoked_at

    def context(self, request: HttpRequest, found: Appeal) -> dict[str, Any]:
        return {
            "action": found.action,
            "measure": linked(found.action, found.action.get_kind_display()),
            "until": "for good" if found.action.kind == ActionKind.BAN else end(found.action.expires_at),
            "over": found.action.expires_at is not None and found.action.expires_at <= clock.now(),
            "case": linked(found.action.report, str(found.action.report_id)) if found.action.report else None,
            "people": people_of([("Appellant", found.appellant_id)], viewer=staff_id(request)),
            "decided": found.status != AppealStatus.OPEN,
            "own_case": staff_id(request) == found.action_by_id,
            "form": AppealForm(),
        }

    def read(self, request: HttpRequest, found: Appeal) -> HttpResponse:
        """What the person wrote, shown once for each time it is asked for, and each time is on record."""
        return self.show(request, found, text=appeals.read_text(appeal=found, by=staff_id(request)))

    def decide(self, request: HttpRequest, found: Appeal) -> HttpResponse:
        form = AppealForm(request.POST)
        if not form.is_valid():
            return self.show(request, found, form=form)
        with reported(self, request, found):
            appeals.decide(
                appeal=found.id,
                by=staff_id(request),
                overturn=form.cleaned_data["decision"] == "overturn",
                decision=form.cleaned_data["decision_text"],
                now=clock.now(),
            )
        return self.back(found)
