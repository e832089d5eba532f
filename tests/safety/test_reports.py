"""Asking for help, and the evidence."""

from uuid import uuid4

import orjson
import pytest
from django.utils import timezone

from safety import evidence
from safety.crypto import Tampered
from safety.enums import SEVERITY_BY_REASON, ReportReason
from safety.models import AuditLog, Block, Report
from safety.roles import acting_as
from safety.services import blocks, cases, reports
from tests.factories import UserFactory
from tests.safety.cases import moderator
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return person().id, person().id


@pytest.fixture(autouse=True)
def subject(monkeypatch):
    found = {"messages": ["something bad"]}
    monkeypatch.setitem(evidence._collectors, "thing", lambda subject_id, reporter_id: found)
    return found


def file(people, **fields):
    by, against = people
    values = {
        "subject_kind": "thing",
        "subject_id": uuid4(),
        "reason": ReportReason.THREAT,
        "details": "They said it.",
        "alias": "Quiet Fox",
        "now": timezone.now(),
        **fields,
    }
    return reports.file(by=by, against=against, **values)


def test_a_client_files_a_report(people):
    with acting_as(people[0]):
        report = file(people)
    assert Report.objects.get().id == report.id


@pytest.mark.parametrize("reason", ReportReason)
def test_every_reason_has_a_severity(people, reason):
    assert file(people, reason=reason).severity == SEVERITY_BY_REASON[reason]


def test_the_two_are_separated_at_once(people):
    file(people)
    assert Block.objects.between(*people).exists()


def test_the_reporter_sees_the_report_and_the_reported_does_not(people):
    file(people)
    seen = []
    for user in people:
        with acting_as(user):
            seen.append(Report.objects.count())
    assert seen == [1, 0]


def test_the_evidence_is_frozen_at_filing(people, subject):
    report = file(people)
    subject["messages"].clear()
    assert orjson.loads(reports.read_evidence(report=report, by=uuid4())) == {"messages": ["something bad"]}


def test_the_evidence_is_ciphertext_in_the_row(people):
    file(people)
    assert b"something bad" not in bytes(Report.objects.get().evidence)


def test_what_the_reporter_wrote_is_ciphertext_in_the_row(people):
    report = file(people, details="They followed me home")
    assert b"followed" not in bytes(Report.objects.get().details)
    assert reports.details_of(report) == "They followed me home"


def test_it_does_not_open_in_another_report_or_as_evidence(people):
    first, second = file(people), file(people)
    assert first.id != second.id
    second.details = first.details
    with pytest.raises(Tampered):
        reports.details_of(second)
    first.evidence = first.details
    with pytest.raises(Tampered):
        reports.read_evidence(report=first, by=UserFactory().id)


def test_without_words_there_are_none(people):
    assert reports.details_of(file(people, details="")) == ""


def test_words_that_do_not_open_keep_nobody_from_reporting(people):
    about = uuid4()
    first = file(people, subject_id=about)
    Report.objects.update(details=b"nothing of ours")
    assert file(people, subject_id=about).id != first.id


def test_evidence_moved_to_another_report_does_not_open(people):
    first, second = file(people), file(people)
    second.evidence, second.evidence_key = first.evidence, first.evidence_key
    with pytest.raises(Tampered):
        reports.read_evidence(report=second, by=uuid4())


def test_each_reading_is_recorded(people):
    report, moderator = file(people), uuid4()
    for _ in range(2):
        reports.read_evidence(report=report, by=moderator)
    readers = AuditLog.objects.filter(action="evidence_read", entity_id=report.id).values_list("actor_id", flat=True)
    assert list(readers) == [moderator, moderator]


def test_a_report_without_evidence_reads_as_empty(people):
    report = file(people)
    report.evidence = None
    assert reports.read_evidence(report=report, by=uuid4()) == b"{}"


def test_the_same_said_again_is_the_same_report(people):
    about = uuid4()
    assert file(people, subject_id=about).id == file(people, subject_id=about).id


@pytest.mark.parametrize("more", [{"reason": ReportReason.SPAM}, {"subject_id": uuid4()}])
def test_about_something_else_it_is_a_report_of_its_own(people, more):
    about = {"subject_id": uuid4()}
    assert file(people, **about).id != file(people, **(about | more)).id


def test_what_is_said_in_addition_is_added(people):
    about = {"subject_id": uuid4()}
    first = file(people, **about)
    for details in ("And then this.", "And then this.", ""):
        assert file(people, details=details, **about).id == first.id
    assert reports.details_of(Report.objects.get()) == "They said it.\n\nAnd then this."


def test_said_again_it_separates_the_two_again(people):
    about = {"subject_id": uuid4()}
    file(people, **about)
    blocks.lift(block_id=Block.objects.get().id, by=people[0])
    file(people, **about)
    assert Block.objects.between(*people).exists()


def test_however_often_something_is_added_it_ends_somewhere(people, settings):
    settings.REPORT_DETAILS_KEPT = 30
    about = {"subject_id": uuid4()}
    for number in range(5):
        file(people, details=f"More of it: {number}.", **about)
    assert len(reports.details_of(Report.objects.get())) == 30


def test_said_again_after_the_decision_it_is_a_new_one(people):
    about = uuid4()
    first = file(people, subject_id=about)
    cases.dismiss(report=first.id, by=moderator(), statement="Nothing of it is true.", now=timezone.now())
    assert file(people, subject_id=about).id != first.id
