"""A report's way through moderators' hands."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from config.errors import Forbidden, Invalid, NotYours, WrongState
from connect.models import Notification
from safety.enums import ReportReason, Severity
from safety.models import AuditLog, ModerationAction, Report, SafetyFlag
from safety.models.report import QUEUE_ORDER
from safety.services import appeals, cases
from tests.safety.cases import BAN, RESTRICTION, WARNING, filed, moderator
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def mod(db):
    return moderator()


@pytest.fixture
def report(db):
    return filed()


def dismiss(report, by, now, statement="Nothing that breaks our rules."):
    cases.dismiss(report=report.id, by=by, statement=statement, now=now)


def act(report, by, now, measure=WARNING, statement="You insulted somebody."):
    reason = ReportReason.HARASSMENT
    return cases.act(report=report.id, by=by, measure=measure, reason_code=reason, statement=statement, now=now)


DECISIONS = pytest.mark.parametrize("decide", [dismiss, act])


# Filing.


@pytest.mark.parametrize(
    "reason, severity", [("minor", "critical"), ("self_harm", "high"), ("scam", "medium"), ("spam", "low")]
)
def test_a_report_is_due_by_its_severity(reason, severity, now):
    report = filed(reason=ReportReason(reason), now=now)
    assert (report.severity, report.due_at) == (severity, now + settings.CASE_DUE[severity])


def test_every_severity_has_a_due_time():
    assert set(settings.CASE_DUE) == set(Severity.values)


def test_the_gravest_come_first_and_then_the_oldest(now):
    late = filed(reason=ReportReason.THREAT, now=now)
    light = filed(reason=ReportReason.SPAM, now=now - timedelta(days=9))
    early = filed(reason=ReportReason.THREAT, now=now - timedelta(hours=1))
    assert list(Report.objects.order_by(*QUEUE_ORDER)) == [early, late, light]


def reporter_with(mod, now, *, confirmed=0, dismissed=0, reason=ReportReason.HARASSMENT):
    reporter = person().id
    for _ in range(confirmed):
        act(filed(by=reporter, reason=reason), mod, now)
    for _ in range(dismissed):
        dismiss(filed(by=reporter, reason=reason), mod, now)
    return reporter


def test_who_was_right_goes_before_who_was_wrong(mod, now):
    wrong, right = reporter_with(mod, now, dismissed=2), reporter_with(mod, now, confirmed=2)
    first, second = filed(by=right, now=now), filed(by=wrong, now=now - timedelta(days=1))
    assert list(Report.objects.undecided().order_by(*QUEUE_ORDER)) == [first, second]


def test_the_weight_is_that_of_the_time_of_filing(mod, now):
    reporter = person().id
    report = filed(by=reporter, now=now)
    act(report, mod, now)
    report.refresh_from_db()
    assert (report.reporter_weight, filed(by=reporter, now=now).reporter_weight) == (1.0, 1.2)


def test_concern_for_somebody_speaks_neither_for_nor_against(mod, now):
    reporter = reporter_with(mod, now, dismissed=3, reason=ReportReason.SELF_HARM)
    assert cases.track_record(reporter) == (0, 0)


def test_a_measure_overturned_on_appeal_does_not_count(mod, now):
    reporter, reported = person().id, person().id
    action = act(filed(by=reporter, against=reported), mod, now)
    assert cases.track_record(reporter) == (1, 1)
    appeal = appeals.file(action=action.id, by=reported, text="No.", now=now)
    appeals.decide(appeal=appeal.id, by=moderator(), overturn=True, decision="So it is.", now=now)
    assert cases.track_record(reporter) == (0, 0)


# Taking up.


def test_a_report_is_taken_up_by_one(report, mod, now):
    cases.triage(report=report.id, by=mod, now=now)
    report.refresh_from_db()
    assert (report.status, report.assigned_to_id, report.triaged_at) == ("triaged", mod, now)
    assert AuditLog.objects.get(action="report_triaged").actor_id == mod


def test_taking_up_ones_own_again_is_nothing(report, mod, now):
    cases.triage(report=report.id, by=mod, now=now)
    cases.triage(report=report.id, by=mod, now=now + timedelta(hours=1))
    report.refresh_from_db()
    assert (report.triaged_at, AuditLog.objects.filter(action="report_triaged").count()) == (now, 1)


def test_another_takes_it_over(report, mod, now):
    other = moderator()
    cases.triage(report=report.id, by=mod, now=now)
    cases.triage(report=report.id, by=other, now=now)
    report.refresh_from_db()
    assert report.assigned_to_id == other


# Deciding.


@pytest.mark.parametrize("before", ["open", "triaged"])
@DECISIONS
def test_a_report_is_decided(report, mod, now, decide, before):
    if before == "triaged":
        cases.triage(report=report.id, by=mod, now=now)
    decide(report, mod, now)
    report.refresh_from_db()
    expected = {dismiss: "dismissed", act: "actioned"}[decide]
    assert (report.status, report.decided_by_id, report.decided_at) == (expected, mod, now)
    assert report.assigned_to_id == mod
    assert report.decision_text
    assert AuditLog.objects.get(action=f"report_{expected}").actor_id == mod


def test_a_dismissed_report_leaves_the_reported_person_alone(report, mod, now):
    dismiss(report, mod, now)
    assert not Notification.objects.filter(user=report.reported_id).exists()
    assert not ModerationAction.objects.exists()


def test_a_measure_names_its_report(report, mod, now):
    action = act(report, mod, now)
    assert (action.report_id, action.against_id, action.by_id) == (report.id, report.reported_id, mod)


@DECISIONS
def test_the_reporter_is_told_the_outcome_and_not_the_measure(report, mod, now, decide):
    decide(report, mod, now)
    told = Notification.objects.get(user=report.reporter_id)
    assert (told.type, told.related_type, told.related_id) == ("report_outcome", "report", report.id)
    assert not {"warning", "ban", "insulted"} & set(f"{told.title} {told.message}".lower().split())


@DECISIONS
def test_one_that_another_has_is_not_decided(report, mod, now, decide):
    cases.triage(report=report.id, by=mod, now=now)
    with pytest.raises(WrongState) as refused:
        decide(report, moderator(), now)
    assert refused.value.code == "not_assigned"


@pytest.mark.parametrize("statement", ["", "  \n"])
@DECISIONS
def test_there_is_no_decision_without_reasons(report, mod, now, decide, statement):
    with pytest.raises(Invalid) as refused, transaction.atomic():
        decide(report, mod, now, statement=statement)
    report.refresh_from_db()
    assert (refused.value.code, report.status) == ("statement_required", "open")


@pytest.mark.parametrize("move", [lambda r, by, now: cases.triage(report=r.id, by=by, now=now), dismiss, act])
@pytest.mark.parametrize("first", [dismiss, act])
def test_a_decided_report_is_not_moved(report, mod, now, move, first):
    first(report, mod, now)
    with pytest.raises(WrongState):
        move(report, mod, now)


@pytest.mark.parametrize("move", [lambda r, by, now: cases.triage(report=r.id, by=by, now=now), dismiss, act])
@pytest.mark.parametrize("side", ["reporter_id", "reported_id"])
def test_nobody_decides_their_own_case(report, now, move, side):
    with pytest.raises(Forbidden) as refused:
        move(report, getattr(report, side), now)
    assert refused.value.code == "own_case"


@pytest.mark.parametrize("move", [lambda r, by, now: cases.triage(report=r.id, by=by, now=now), dismiss, act])
def test_a_missing_report_is_not_found(mod, now, move):
    with pytest.raises(NotYours):
        move(Report(id=uuid4()), mod, now)


def test_against_staff_there_is_no_measure_and_the_report_stays(mod, now):
    report = filed(against=moderator())
    with pytest.raises(Forbidden), transaction.atomic():
        act(report, mod, now, measure=BAN)
    report.refresh_from_db()
    assert report.status == "open"


# The database itself.


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "triaged"},
        {"status": "dismissed"},
        {"decision_text": "So."},
        {"status": "dismissed", "decision_text": "So."},
    ],
    ids=["by nobody", "without anything", "reasons for nothing", "decided by nobody"],
)
def test_the_database_demands_who_and_why(report, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(id=report.id).update(**fields)


# Who is hardly ever right.


def flagged(user):
    return SafetyFlag.objects.filter(user=user, kind="false_reporter")


def test_who_is_never_right_is_flagged_silently(mod, now):
    reporter = reporter_with(mod, now, dismissed=settings.FALSE_REPORTER_DECIDED)
    assert flagged(reporter).get().data == {"accuracy": 0.222, "confirmed": 0, "decided": 5}
    assert set(Notification.objects.filter(user=reporter).values_list("type", flat=True)) == {"report_outcome"}


def test_too_few_decisions_flag_nobody(mod, now):
    assert not flagged(reporter_with(mod, now, dismissed=settings.FALSE_REPORTER_DECIDED - 1)).exists()


def test_who_is_sometimes_right_is_not_flagged(mod, now):
    assert not flagged(reporter_with(mod, now, confirmed=2, dismissed=5)).exists()


def test_there_is_one_live_flag_at_a_time(mod, now):
    reporter = reporter_with(mod, now, dismissed=7)
    assert flagged(reporter).count() == 1
    flagged(reporter).update(resolved_at=now, resolved_by=mod)
    dismiss(filed(by=reporter), mod, now)
    assert flagged(reporter).count() == 2


def test_a_restriction_by_a_case_restricts(report, mod, now):
    act(report, mod, now, measure=RESTRICTION)
    report.refresh_from_db()
    assert report.reported.status == "restricted"
