"""Asking for help against another person."""

from datetime import datetime
from uuid import UUID

import orjson
from django.conf import settings

from safety import accuracy, evidence
from safety.crypto import Cipher, Tampered, new_data_key, unwrap, wrap
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
        severity=severity,
        due_at=now + settings.CASE_DUE[severity],
        created_at=now,
    )
    with as_service():
        blocks.lock_pair(by, against)
        if same := _same(report, details):
            return same
        _rank(report)
        _seal(report, details)
        report.save()
    blocks.block(by=by, other=against, source=BlockSource.REPORT, alias=alias, now=now)
    return report


def read_evidence(*, report: Report, by: UUID) -> bytes:
    """The frozen evidence as JSON; each reading is audited."""
    audit.record(action="evidence_read", actor=by, entity="safety_report", entity_id=report.id)
    if report.evidence is None or report.evidence_key is None:
        return b"{}"
    return Cipher(unwrap(bytes(report.evidence_key))).open(bytes(report.evidence), report.id.bytes)


def details_of(report: Report) -> str:
    """What the reporter wrote, for themselves; a moderator reads it with the evidence. Raises Tampered."""
    if report.details is None or report.evidence_key is None:
        return ""
    return Cipher(unwrap(bytes(report.evidence_key))).open(bytes(report.details), _place_of_details(report)).decode()


def _same(report: Report, details: str) -> Report | None:
    about = ("reporter_id", "reported_id", "subject_kind", "subject_id", "reason_code")
    earlier = Report.objects.undecided().filter(**{name: getattr(report, name) for name in about}).order_by("id")
    return next((found for found in earlier if _says(found, details)), None)


def _says(report: Report, details: str) -> bool:
    """Nobody is kept from reporting by words that do not open."""
    try:
        return details_of(report) == details
    except Tampered:
        return False


def _place_of_details(report: Report) -> bytes:
    """Apart from the evidence, so that neither opens in the other's place."""
    return report.id.bytes + b"details"


def _rank(report: Report) -> None:
    confirmed, decided = track_record(report.reporter_id)
    report.reporter_weight = accuracy.weight(confirmed=confirmed, decided=decided)
    report.priority = accuracy.priority(report.severity, report.reporter_weight)


def _seal(report: Report, details: str) -> None:
    """Freeze the evidence, and the reporter's words with it."""
    found = evidence.collect(report.subject_kind, report.subject_id, report.reporter_id)
    key = new_data_key()
    report.evidence_key = wrap(key)
    cipher = Cipher(key)
    report.evidence = cipher.seal(orjson.dumps(found or {}, default=str), report.id.bytes)
    report.details = cipher.seal(details.encode(), _place_of_details(report))
