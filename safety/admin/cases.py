"""The queue of reports, and the page on which one is decided."""

from datetime import datetime
from typing import Any, ClassVar

import orjson
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.timesince import timesince, timeuntil
from unfold.decorators import display

from config import clock
from config.admin import COUNTED_EXACTLY, reported, staff_id
from safety.admin.forms import BUTTONS, DISMISS, MEASURES, DecisionForm, SeverityForm
from safety.admin.pages import CasePages, people_of, short
from safety.enums import DECIDED, ReportReason, Severity
from safety.models import Report
from safety.models.report import QUEUE_ORDER
from safety.services import cases, oversight, reports

# What the page shows in other ways than by name and value.
NO_FACTS = {"messages", "conversations", "profile", "reported_by", "pseudonyms", "pictures"}
COLOURS = {"critical": "danger", "high": "warning", "medium": "info", "low": "default"}


class QueueFilter(admin.SimpleListFilter):
    """Which part of the queue; what is not decided unless asked otherwise."""

    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("mine", "Mine"),
            ("overdue", "Overdue"),
            ("staff", "About staff"),
            ("decided", "Decided"),
            ("all", "All"),
        ]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": "To be decided"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Report]:
        parts = {
            "mine": lambda: queryset.undecided().filter(assigned_to=staff_id(request)),
            "overdue": lambda: queryset.overdue(clock.now()),
            "staff": lambda: queryset.undecided().filter(reported__is_staff=True),
            "decided": queryset.decided,
            "all": lambda: queryset,
        }
        found: QuerySet[Report] = parts.get(self.value() or "", queryset.undecided)()
        return found


@admin.register(Report)
class ReportAdmin(CasePages):
    """Reports as moderators take them: the gravest first, then those of reporters who were right, then the oldest."""

    list_display = ("filed", "severity_shown", "reason_code", "status", "due", "weight", "assigned", "about")
    list_filter = (QueueFilter, "severity", "status", "reason_code")
    list_before_template = "safety/queue_head.html"
    ordering = QUEUE_ORDER
    parties = ("reporter", "reported")
    subject_ids = ("subject_id",)
    hidden = ("details", "evidence", "evidence_key")
    actions = ("triage",)
    page_template = "safety/case.html"
    step_names: ClassVar = ("take", "rate", "evidence", "decide")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "counts": self._counts(request)})

    def _counts(self, request: HttpRequest) -> list[tuple[str, int]]:
        """What waits, counted to a bound in one query."""
        shown: Any = self.get_queryset(request)
        waiting = shown.undecided().order_by().annotate(of_staff=F("reported__is_staff"))
        found = waiting.only("severity", "due_at", "assigned_to")[: COUNTED_EXACTLY + 1].aggregate(
            waiting=Count("id"),
            critical=Count("id", filter=Q(severity=Severity.CRITICAL)),
            overdue=Count("id", filter=Q(due_at__lte=clock.now())),
            mine=Count("id", filter=Q(assigned_to=staff_id(request))),
            staff=Count("id", filter=Q(of_staff=True)),
        )
        words = {"waiting": "To be decided", "critical": "Critical", "overdue": "Overdue", "mine": "Mine"}
        if request.user.has_perm(oversight.RIGHT):
            words["staff"] = "About staff"
        return [(words[name], found[name]) for name in words]

    @display(description="Filed", ordering="created_at")
    def filed(self, report: Report) -> str:
        return f"{timesince(report.created_at, depth=1)} ago"

    @display(description="Severity", ordering="priority", label=COLOURS)
    def severity_shown(self, report: Report) -> tuple[str, str]:
        return report.severity, report.get_severity_display()

    @display(description="Due", ordering="due_at")
    def due(self, report: Report) -> str:
        now = clock.now()
        if report.decided_at:
            return "decided"
        if report.due_at > now:
            return f"in {timeuntil(report.due_at, now, depth=1)}"
        return f"{timesince(report.due_at, now, depth=1)} late"

    @display(description="Reporter's weight", ordering="reporter_weight")
    def weight(self, report: Report) -> str:
        return f"{report.reporter_weight:.2f}"

    @display(description="Moderator")
    def assigned(self, report: Report) -> str:
        return short(report.assigned_to_id)

    @display(description="Reported")
    def about(self, report: Report) -> str:
        return short(report.reported_id)

    @admin.action(description="Take up", permissions=["moderate"])
    def triage(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        for report in queryset:
            with reported(self, request, report):
                cases.triage(report=report.id, by=staff_id(request), now=clock.now())

    def context(self, request: HttpRequest, found: Report) -> dict[str, Any]:
        me = staff_id(request)
        roles = [("Reported", found.reported_id), ("Reporter", found.reporter_id)]
        return {
            "people": people_of(roles, besides=found.id, viewer=me),
            "decided": found.status in DECIDED,
            "overdue": found.decided_at is None and found.due_at <= clock.now(),
            "mine": found.assigned_to_id == me,
            "colleague": oversight.is_colleague(about=found.reported_id, by=me),
            "about": f"{found.subject_kind} {found.subject_id}",
            "severity_form": SeverityForm(initial={"severity": found.severity}),
            "form": DecisionForm(initial={"reason_code": found.reason_code}),
            "buttons": BUTTONS if self._may_act(request) else BUTTONS[:1],
            "colour": COLOURS[found.severity],
        }

    def take(self, request: HttpRequest, found: Report) -> HttpResponse:
        with reported(self, request, found):
            cases.triage(report=found.id, by=staff_id(request), now=clock.now())
        return self.back(found)

    def rate(self, request: HttpRequest, found: Report) -> HttpResponse:
        form = SeverityForm(request.POST)
        if not form.is_valid():
            return self.show(request, found, severity_form=form)
        with reported(self, request, found):
            severity = Severity(form.cleaned_data["severity"])
            cases.rate(report=found.id, by=staff_id(request), severity=severity, now=clock.now())
        return self.back(found)

    def evidence(self, request: HttpRequest, found: Report) -> HttpResponse:
        """Shown once for each time it is asked for, and each time is on record."""
        if oversight.is_colleague(about=found.reported_id, by=staff_id(request)):
            raise PermissionDenied
        exhibits = _exhibits(reports.read_evidence(report=found, by=staff_id(request)))
        return self.show(request, found, exhibits=exhibits, details=reports.details_of(found))

    def decide(self, request: HttpRequest, found: Report) -> HttpResponse:
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self.show(request, found, form=form)
        if form.cleaned_data["measure"] != DISMISS and not self._may_act(request):
            raise PermissionDenied
        with reported(self, request, found):
            self._decide(found, request, **form.cleaned_data)
        return self.back(found)

    def _decide(self, found: Report, request: HttpRequest, *, measure: str, statement: str, **given: Any) -> None:
        common: dict[str, Any] = {"report": found.id, "by": staff_id(request), "now": clock.now()}
        if measure == DISMISS:
            cases.dismiss(statement=statement, **common)
        else:
            ground = ReportReason(given["reason_code"])
            cases.act(measure=MEASURES[measure], reason_code=ground, statement=statement, **common)

    def _may_act(self, request: HttpRequest) -> bool:
        return request.user.has_perm("safety.add_moderationaction")


def _exhibits(frozen: bytes) -> dict[str, Any]:
    """Evidence for the page: facts by name, conversations message by message, and pictures in base64."""
    found = orjson.loads(frozen)
    talks = [found] if "messages" in found else found.get("conversations", [])
    for message in (message for talk in talks for message in talk["messages"]):
        message |= {
            name: message[name] and datetime.fromisoformat(message[name]) for name in ("sent_at", "retracted_at")
        }
    facts = {name.capitalize(): value for name, value in found.items() if name not in NO_FACTS}
    return {"facts": facts | found.get("profile", {}), "talks": talks, "pictures": found.get("pictures", [])}
