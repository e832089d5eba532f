"""Silent flags, and the page on which what follows from one is decided."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from config import clock
from config.admin import reported, staff_id
from safety.admin.forms import BUTTONS, DISMISS, MEASURES, FlagForm
from safety.admin.pages import CasePages, listed, people_of
from safety.enums import FlagKind, ReportReason
from safety.models import SafetyFlag
from safety.services import flags

MEASURE_BUTTONS = [button for button in BUTTONS if button[0] != DISMISS]
WITHOUT_A_MEASURE = {
    FlagKind.LIKELY_SAME_PERSON: "Without a measure they are two people, for good, who may be shown to each other."
}
"""What follows, where it is more than that the flag is resolved."""


@admin.register(SafetyFlag)
class SafetyFlagAdmin(CasePages):
    """Whom to look at twice. What gave rise to a flag is found by its id."""

    list_display = ("created_at", "kind", "user_id", "source_kind", "source_id", "resolved_at")
    list_filter = ("kind", ("resolved_at", admin.EmptyFieldListFilter))
    parties = ("user",)
    subject_ids = ("source_id",)
    actions = ("resolve_chosen",)
    page_template = "safety/flag.html"
    step_names: ClassVar = ("resolve", "act")

    @admin.action(description="Resolve", permissions=["moderate"])
    def resolve_chosen(self, request: HttpRequest, queryset: QuerySet[SafetyFlag]) -> None:
        for flag in queryset:
            self._resolve(request, flag)

    def context(self, request: HttpRequest, found: SafetyFlag) -> dict[str, Any]:
        with_them = SafetyFlag.objects.of_case(found.id).exclude(id=found.id).order_by("id")
        roles = [("Flagged", found.user_id), *(("Flagged with them", each.user_id) for each in with_them)]
        return {
            "people": people_of(roles, viewer=staff_id(request)),
            "what": listed(found.data),
            "without_a_measure": WITHOUT_A_MEASURE.get(FlagKind(found.kind), ""),
            "form": FlagForm(initial={"reason_code": ReportReason.OTHER}),
            "buttons": MEASURE_BUTTONS if self._may_act(request) else [],
        }

    def resolve(self, request: HttpRequest, found: SafetyFlag) -> HttpResponse:
        self._resolve(request, found)
        return self.back(found)

    def act(self, request: HttpRequest, found: SafetyFlag) -> HttpResponse:
        if not self._may_act(request):
            raise PermissionDenied
        form = FlagForm(request.POST)
        if not form.is_valid():
            return self.show(request, found, form=form)
        given = form.cleaned_data
        with reported(self, request, found):
            flags.act(
                flag=found.id,
                by=staff_id(request),
                measure=MEASURES[given["measure"]],
                reason_code=ReportReason(given["reason_code"]),
                statement=given["statement"],
                now=clock.now(),
            )
        return self.back(found)

    def _resolve(self, request: HttpRequest, flag: SafetyFlag) -> None:
        with reported(self, request, flag):
            flags.resolve(flag=flag.id, by=staff_id(request), now=clock.now())

    def _may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.add_moderationaction")
