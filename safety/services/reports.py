"""Asking for help against another person."""

from datetime import datetime
from uuid import UUID

import orjson
from django.conf import settings

from safety import accuracy, evidence
from safety.crypto import Cipher, new_data_key, unwrap, wrap
from safety.enums import SEVERITY_BY_REASON, BlockSource, ReportReason
from safety.models import Report
from safety.roles import as_service
from safety.services import audit, blocks
from safety.services.cases import track_record


def file(
    *,
    by: UUID,
    against: UUID,
    subject_kind: str,
    subject_id: UUID,
    reason: ReportReason,
    details: str,
    alias: str,
    now: datetime,
) -> Report:
    """Open a report with its evidence frozen and its place in the queue, and separate the two at once.

    The same said again, while nobody has decided it, is that report.
    """
    severity = SEVERITY_BY_REASON[reason]
    report = Report(
        reporter_id=by,
        reported_id=against,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reason_code=reason,
        details_text=details,
        severity=severity,
        due_at=now + settings.CASE_DUE[severity],
        created_at=now,
    )
    with as_service():
        blocks.lock_pair(by, against)
        if same := _same(report):
            return same
        _rank(report)
        _freeze_evidence(report)
        report.save()
    blocks.block(by=by, other=against, source=BlockSource.REPORT, alias=alias, now=now)
    return report


def read_evidence(*, report: Report, by: UUID) -> bytes:
    """The frozen evidence as JSON; each reading is audited."""
    audit.record(action="evidence_read", actor=by, entity="safety_report", entity_id=report.id)
    if report.evidence is None or report.evidence_key is None:
        return b"{}"
    return Cipher(unwrap(bytes(report.evidence_key))).open(bytes(report.evidence), report.id.bytes)


def _same(report: Report) -> Report | None:
    said = ("reporter_id", "reported_id", "subject_kind", "subject_id", "reason_code", "details_text")
    return Report.objects.undecided().filter(**{name: getattr(report, name) for name in said}).first()


def _rank(report: Report) -> None:
    confirmed, decided = track_record(report.reporter_id)
    report.reporter_weight = accuracy.weight(confirmed=confirmed, decided=decided)
    report.priority = accuracy.priority(report.severity, report.reporter_weight)


def _freeze_evidence(report: Report) -> None:
    found = evidence.collect(report.subject_kind, report.subject_id, report.reporter_id)
    key = new_data_key()
    report.evidence_key = wrap(key)
    report.evidence = Cipher(key).seal(orjson.dumps(found or {}, default=str), report.id.bytes)
