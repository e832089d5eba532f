"""A report's way through the hands of moderators: taken up by one, decided by the same, with reasons."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from config.errors import Forbidden, NotYours, WrongState
from safety import accuracy
from safety.enums import DECIDED, AppealStatus, FlagKind, ReportReason, ReportStatus, Severity
from safety.models import ModerationAction, Report, SafetyFlag
from safety.roles import as_service
from safety.services import actions, audit, flags, notices, oversight, returns, trust
from safety.services.actions import Measure, stated


def triage(*, report: UUID, by: UUID, now: datetime) -> None:
    """Take a report up, also one that another moderator has; taking up one's own again is nothing.

    Raises NotYours when there is none, WrongState when it is decided, Forbidden for one's own and for a colleague's.
    """
    with as_service():
        _take_up(_undecided(report, by), by, now)


def rate(*, report: UUID, by: UUID, severity: Severity, now: datetime) -> None:
    """Say how grave a report is, other than its reason makes it; its place in the queue and its term follow.

    The term counts from the filing: one that is graver than it was may be late at once. Saying what it is already is
    nothing. Raises what `triage` does.
    """
    with as_service():
        found = _undecided(report, by)
        before = found.severity
        if before == severity:
            return
        found.severity, found.priority = severity, accuracy.priority(severity, found.reporter_weight)
        found.due_at = found.created_at + settings.CASE_DUE[severity]
        found.save(update_fields=["severity", "priority", "due_at", "updated_at"])
        _record("report_severity_changed", found, by, before=before, after=severity)


def dismiss(*, report: UUID, by: UUID, statement: str, now: datetime) -> None:
    """Close a report without a measure; the reporter is told, the reported person is not.

    Raises what `triage` does, Invalid without a statement, and WrongState when another moderator has it.
    """
    with as_service():
        found = _for_decision(report, by, now)
        _decide(found, ReportStatus.DISMISSED, by, stated(statement), now)
        _flag_false_reporter(found, now)


def act(
    *, report: UUID, by: UUID, measure: Measure, reason_code: ReportReason, statement: str, now: datetime
) -> ModerationAction:
    """Decide a report by acting against the reported person. Raises what `dismiss` and `actions.take` do."""
    with as_service():
        found = _for_decision(report, by, now)
        action = actions.take(
            against=found.reported_id,
            by=by,
            measure=measure,
            reason_code=reason_code,
            statement=statement,
            report=found,
            now=now,
        )
        _decide(found, ReportStatus.ACTIONED, by, action.statement_of_reasons, now)
        trust.confirm_report(report=found, action=action, now=now)
    return action


def track_record(reporter: UUID) -> tuple[int, int]:
    """How many of a person's reports were confirmed, and how many count; needs the service's rights.

    One out of concern for the other, and one whose measure was overturned on appeal, speaks neither for nor against.
    """
    overturned = ModerationAction.objects.filter(appeal__status=AppealStatus.OVERTURNED, report__isnull=False)
    counted = Report.objects.decided().filter(reporter=reporter).exclude(reason_code=ReportReason.SELF_HARM)
    statuses = list(counted.exclude(id__in=overturned.values("report")).values_list("status", flat=True))
    return statuses.count(ReportStatus.ACTIONED), len(statuses)


def _undecided(report_id: UUID, by: UUID) -> Report:
    report = Report.objects.select_for_update(no_key=True).filter(id=report_id).first()
    if report is None:
        raise NotYours()
    if report.status in DECIDED:
        raise WrongState(f"The report is {report.status}.")
    if by in {report.reporter_id, report.reported_id}:
        raise Forbidden("This is a case of your own.", code="own_case")
    oversight.refuse_colleague(about=report.reported_id, by=by)
    return report


def _for_decision(report_id: UUID, by: UUID, now: datetime) -> Report:
    """The report in the hands of who decides; one that nobody has is taken up on the way."""
    report = _undecided(report_id, by)
    if report.status == ReportStatus.OPEN:
        _take_up(report, by, now)
    if report.assigned_to_id != by:
        raise WrongState("Another moderator has this report. Take it up first.", code="not_assigned")
    return report


def _take_up(report: Report, by: UUID, now: datetime) -> None:
    if report.assigned_to_id == by:
        return
    report.status, report.assigned_to_id, report.triaged_at = ReportStatus.TRIAGED, by, now
    report.save(update_fields=["status", "assigned_to", "triaged_at", "updated_at"])
    _record("report_triaged", report, by)


def _decide(report: Report, status: ReportStatus, by: UUID, statement: str, now: datetime) -> None:
    report.status, report.decided_by_id, report.decided_at, report.decision_text = status, by, now, statement
    report.save(update_fields=["status", "decided_by", "decided_at", "decision_text", "updated_at"])
    _record(f"report_{status}", report, by)
    notices.tell_outcome(report, now=now)
    returns.settle(user_id=report.reported_id, now=now)


def _flag_false_reporter(report: Report, now: datetime) -> None:
    """Mark a reporter who is hardly ever right, once for as long as nobody has looked into it."""
    confirmed, decided = track_record(report.reporter_id)
    if decided < settings.FALSE_REPORTER_DECIDED:
        return
    share = accuracy.accuracy(confirmed=confirmed, decided=decided)
    marked = SafetyFlag.objects.live().filter(user=report.reporter_id, kind=FlagKind.FALSE_REPORTER)
    if share <= settings.FALSE_REPORTER_ACCURACY and not marked.exists():
        data = {"accuracy": round(share, 3), "confirmed": confirmed, "decided": decided}
        flags.raise_flag(
            user=report.reporter_id,
            kind=FlagKind.FALSE_REPORTER,
            source_kind="report",
            source_id=report.id,
            data=data,
            now=now,
        )


def _record(what: str, report: Report, by: UUID, **data: Any) -> None:
    audit.record(action=what, actor=by, entity="safety_report", entity_id=report.id, **data)
