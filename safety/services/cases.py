"""A report's way through the hands of moderators."""

from uuid import UUID

from config.errors import NotYours, WrongState
from safety.enums import REPORT_TRANSITIONS, ReportStatus
from safety.models import Report
from safety.roles import as_service
from safety.services import audit


def triage(*, report: UUID, by: UUID) -> None:
    """Take an open report up. Raises NotYours when there is none, WrongState when it is past that."""
    _move(report, by, ReportStatus.TRIAGED, "report_triaged")


def dismiss(*, report: UUID, by: UUID) -> None:
    """Close a report without a measure. Raises NotYours when there is none, WrongState when it is decided."""
    _move(report, by, ReportStatus.DISMISSED, "report_dismissed")


def _move(report_id: UUID, by: UUID, status: ReportStatus, action: str) -> None:
    with as_service():
        report = Report.objects.select_for_update(no_key=True).filter(id=report_id).first()
        if report is None:
            raise NotYours()
        if status not in REPORT_TRANSITIONS[ReportStatus(report.status)]:
            raise WrongState(f"The report is {report.status}.")
        report.status = status
        report.save(update_fields=["status", "updated_at"])
        audit.record(action=action, actor=by, entity="safety_report", entity_id=report_id)
