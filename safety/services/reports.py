"""Asking for help against another person."""

from datetime import datetime
from uuid import UUID

import orjson
from django.conf import settings

from config.errors import Forbidden
from safety import accuracy, evidence
from safety.crypto import Cipher, Tampered, new_data_key, unwrap, wrap
from safety.enums import SEVERITY_BY_REASON, BlockSource, ReportReason, Severity
from safety.models import Report
from safety.roles import as_service
from safety.services import audit, blocks, notices, oversight
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
    source: BlockSource = BlockSource.REPORT,
) -> Report:
    """Open a report with its evidence frozen and its place in the queue, and separate the two at once.

    The same said again, while nobody has decided it, is that report, and what is new in it is added: there is one for
    each reason, however often it is filed. One about a member of staff is told to those who may decide it.
    """
    severity = _severity(reason, source)
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
        same = _same(report)
        filed = _added_to(same, details) if same else _opened(report, details, now)
    blocks.block(by=by, other=against, source=source, alias=alias, now=now)
    return filed


def read_evidence(*, report: Report, by: UUID) -> bytes:
    """The frozen evidence as JSON; each reading is audited. Raises Forbidden for a party and for a colleague."""
    if by in {report.reporter_id, report.reported_id}:
        raise Forbidden("This is a case of your own.", code="own_case")
    oversight.refuse_colleague(about=report.reported_id, by=by)
    audit.record(action="evidence_read", actor=by, entity="safety_report", entity_id=report.id)
    if report.evidence is None or report.evidence_key is None:
        return b"{}"
    return _cipher(report).open(bytes(report.evidence), report.id.bytes)


def details_of(report: Report) -> str:
    """What the reporter wrote, for themselves; a moderator reads it with the evidence. Raises Tampered."""
    if report.details is None or report.evidence_key is None:
        return ""
    return _cipher(report).open(bytes(report.details), _place_of_details(report)).decode()


def _severity(reason: ReportReason, source: BlockSource) -> Severity:
    """Who had to get out at once is looked after soon, whatever they had the time to say."""
    severity = SEVERITY_BY_REASON[reason]
    urgent = {Severity.HIGH, Severity.CRITICAL}
    return Severity.HIGH if source == BlockSource.PANIC_EXIT and severity not in urgent else severity


def _same(report: Report) -> Report | None:
    about = ("reporter_id", "reported_id", "subject_kind", "subject_id", "reason_code")
    earlier = Report.objects.undecided().filter(**{name: getattr(report, name) for name in about}).order_by("id")
    return next((found for found in earlier if _opens(found)), None)


def _opens(report: Report) -> bool:
    """Nobody is kept from reporting by words that do not open."""
    try:
        details_of(report)
    except Tampered:
        return False
    return True


def _cipher(report: Report) -> Cipher:
    return Cipher(unwrap(bytes(report.evidence_key or b"")))


def _place_of_details(report: Report) -> bytes:
    """Apart from the evidence, so that neither opens in the other's place."""
    return report.id.bytes + b"details"


def _opened(report: Report, details: str, now: datetime) -> Report:
    _rank(report)
    _seal(report, details)
    report.save()
    for overseer in oversight.overseers(about=report.reported_id, besides=report.reporter_id):
        notices.tell_overseer(report, overseer, now=now)
    return report


def _added_to(report: Report, details: str) -> Report:
    told = details_of(report)
    if details not in told and report.evidence_key is not None:
        words = f"{told}\n\n{details}".strip()[: settings.REPORT_DETAILS_KEPT]
        report.details = _cipher(report).seal(words.encode(), _place_of_details(report))
        report.save(update_fields=["details", "updated_at"])
    return report


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
