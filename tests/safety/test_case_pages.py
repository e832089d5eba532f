"""The pages of moderators: the queue, a case, an appeal."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from safety import evidence
from safety.enums import FlagKind, ReportReason
from safety.models import Appeal, AuditLog, ModerationAction, Report
from safety.services import actions, blocks, cases, flags
from tests.config.desk import browser, make_roles, member_of, page, staff
from tests.factories import ProfileFactory
from tests.safety.cases import BAN, WEEK, appealed, filed, moderator, taken
from tests.safety.rows import person

pytestmark = pytest.mark.django_db
SAID = "Send me money <b>now</b>"
WROTE = "They said it."


@pytest.fixture
def said(monkeypatch):
    """What is frozen with a report about a match: a talk in which both spoke."""
    line = {"readable": True, "retracted_at": None, "sent_at": "2026-05-01T10:00:00+00:00"}
    found = {
        "kind": "blind",
        "reported_by": "a",
        "messages": [
            {"seq": 2, "side": "b", "pseudonym": "Quiet Fox", "text": SAID, **line},
            {"seq": 3, "side": "a", "pseudonym": "Blue Heron", "text": "No.", **line},
        ],
    }
    monkeypatch.setitem(evidence._collectors, "match", lambda subject_id, reporter_id: found)


@pytest.fixture
def report(said):
    return filed()


@pytest.fixture
def roles(db):
    make_roles()


@pytest.fixture
def desk(roles):
    """A moderator's browser."""
    return member_of("moderator")


def me(client):
    return client.get(reverse("admin:index")).wsgi_request.user.pk


def step(client, row, name, **data):
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])
    return client.post(url, data, follow=True)


def shown(client, row):
    response = client.get(page(type(row), "change", row.pk))
    assert response.status_code == 200
    return response.content.decode()


def decide(client, report, measure="warn", **data):
    given = {"measure": measure, "reason_code": "scam", "statement": "You asked for money.", "confirmed": "on"}
    return step(client, report, "decide", **given | data)


# The queue.


def queue(client, **query):
    return list(client.get(page(Report), query).context["cl"].result_list)


def test_the_queue_is_in_order(desk, now):
    light = filed(reason=ReportReason.SPAM, now=now - timedelta(days=1))
    late, early = filed(reason=ReportReason.MINOR, now=now), filed(reason=ReportReason.MINOR, now=now - timedelta(1))
    assert queue(desk) == [early, late, light]


def test_the_queue_holds_what_is_not_decided(desk, now):
    waiting, done = filed(), filed()
    cases.dismiss(report=done.id, by=moderator(), statement="No.", now=now)
    assert [queue(desk), queue(desk, queue="decided")] == [[waiting], [done]]
    assert set(queue(desk, queue="all")) == {waiting, done}


def test_one_finds_ones_own_and_the_overdue(desk, now):
    mine, overdue = filed(), filed(now=now - timedelta(days=30))
    cases.triage(report=mine.id, by=me(desk), now=now)
    assert [queue(desk, queue="mine"), queue(desk, queue="overdue")] == [[mine], [overdue]]


def test_the_queue_is_counted(desk, now):
    filed(reason=ReportReason.THREAT, now=now - settings.CASE_DUE["critical"])
    filed(now=now)
    counts = desk.get(page(Report)).context["counts"]
    assert counts == [("To be decided", 2), ("Critical", 1), ("Overdue", 1), ("Mine", 0)]


def test_nobodys_name_or_address_is_in_the_queue(desk, report):
    content = desk.get(page(Report)).content.decode()
    assert not [user for user in (report.reporter, report.reported) if user.email in content]


# The evidence.


def readings():
    return list(AuditLog.objects.filter(action="evidence_read").values_list("actor_id", flat=True))


def test_a_case_is_read_without_its_evidence(desk, report):
    assert "Send me money" not in shown(desk, report)
    assert readings() == []


def test_each_view_of_the_evidence_is_on_record(desk, report):
    pages = [step(desk, report, "evidence").content.decode() for _ in range(2)]
    assert all("Send me money" in content for content in pages)
    assert readings() == [me(desk)] * 2


def test_what_was_said_is_shown_and_not_run(desk, report):
    content = step(desk, report, "evidence").content.decode()
    assert ("<b>now</b>" in content, "&lt;b&gt;now&lt;/b&gt;" in content) == (False, True)


def rate(client, report, severity):
    return step(client, report, "rate", severity=severity)


def test_a_moderator_says_how_grave_it_is(desk, report):
    was, due = report.priority, report.due_at
    rate(desk, report, "critical")
    report.refresh_from_db()
    assert (report.severity, report.due_at) == ("critical", report.created_at + settings.CASE_DUE["critical"])
    assert report.priority > was
    assert report.due_at < due
    entry = AuditLog.objects.get(action="report_severity_changed")
    assert (entry.actor_id, entry.entity_id, entry.data) == (
        me(desk),
        report.id,
        {"before": "medium", "after": "critical"},
    )


def test_a_graver_one_comes_first(desk, report):
    grave = filed(reason=ReportReason.THREAT)
    rate(desk, report, "critical")
    rate(desk, grave, "low")
    assert list(desk.get(page(Report)).context["cl"].result_list) == [report, grave]


def test_what_it_is_already_is_no_change(desk, report):
    rate(desk, report, "medium")
    assert not AuditLog.objects.filter(action="report_severity_changed").exists()


def test_there_is_no_other_severity(desk, report):
    assert rate(desk, report, "enormous").status_code == 200
    report.refresh_from_db()
    assert report.severity == "medium"


def test_of_a_decided_one_it_stays(desk, report):
    cases.dismiss(report=report.id, by=moderator(), statement="So.", now=timezone.now())
    assert "Change severity" not in shown(desk, report)
    rate(desk, report, "critical")
    report.refresh_from_db()
    assert report.severity == "medium"


def test_of_ones_own_case_one_does_not(desk):
    report = filed(against=me(desk))
    assert desk.get(page(Report, "change", report.pk)).status_code == 404
    rate(desk, report, "low")
    report.refresh_from_db()
    assert report.severity == "medium"


def test_who_may_only_read_cases_does_not(report):
    onlooker = staff()
    onlooker.user_permissions.add(_right("view_report"))
    client = browser(onlooker)
    assert "Change severity" not in shown(client, report)
    assert rate(client, report, "low").status_code == 403


def test_what_the_reporter_wrote_is_shown_with_the_evidence_alone(desk, report):
    assert WROTE not in shown(desk, report)
    assert WROTE in step(desk, report, "evidence").content.decode()


def test_what_the_reporter_wrote_is_shown_and_not_run(desk, now):
    report = filed(details="Look: <img src=x>", now=now)
    content = step(desk, report, "evidence").content.decode()
    assert ("<img src=x>" in content, "&lt;img src=x&gt;" in content) == (False, True)


def test_coming_back_to_the_evidence_does_not_show_it_again(desk, report):
    url = reverse("admin:safety_report_evidence", args=[report.pk])
    content = desk.get(url, follow=True).content.decode()
    assert ("Send me money" in content, readings()) == (False, [])


def test_who_may_only_read_cases_does_not_open_the_evidence(report):
    onlooker = staff()
    onlooker.user_permissions.add(_right("view_report"))
    client = browser(onlooker)
    assert "View evidence" not in shown(client, report)
    assert step(client, report, "evidence").status_code == 403
    assert readings() == []


def _right(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename, content_type__app_label="safety")


# What stands on the page of a case.


def test_the_history_of_both_stands_on_the_page(desk, report, now):
    by, other = moderator(), report.reported_id
    earlier = filed(by=person().id, against=other, reason=ReportReason.SEXUAL)
    cases.dismiss(report=earlier.id, by=by, statement="No.", now=now)
    filed(by=other, reason=ReportReason.IMPERSONATION)
    taken(other, WEEK, now)
    flags.raise_flag(
        user=other, kind=FlagKind.OFF_PLATFORM, source_kind="message", source_id=by, data={"links": 3}, now=now
    )
    ProfileFactory(user_id=other, nickname="Otter", name="Olga Otter")
    content = shown(desk, report)
    expected = [
        "Sexual",
        "Dismissed",
        "Impersonation",
        "Suspension",
        "Off Platform",
        "links: 3",
        "Otter",
        "kept out until",
    ]
    assert [word for word in expected if word not in content] == []


def test_neither_name_nor_address_stands_there(desk, report):
    for user_id in (report.reported_id, report.reporter_id):
        ProfileFactory(user_id=user_id, name="Olga Otter")
    content = shown(desk, report)
    assert not [word for word in ("Olga", report.reporter.email, report.reported.email) if word in content]


def test_blocks_are_counted(desk, report, now):
    blocks.block(by=person().id, other=report.reported_id, source="manual", now=now)
    assert "2 others" in shown(desk, report)


def test_a_page_takes_as_many_queries_for_a_long_history_as_for_a_short_one(desk, report, now):
    def queries(more):
        for _ in range(more):
            filed(by=person().id, against=report.reported_id)
            taken(report.reported_id, WEEK, now)
        with CaptureQueriesContext(connection) as counted:
            shown(desk, report)
        return len(counted)

    assert queries(1) == queries(9)


def test_a_person_who_is_gone_leaves_the_page_readable(desk, report, monkeypatch):
    from safety import people

    monkeypatch.setattr(people, "_painters", [lambda ids, now: {}])
    assert "erased" in shown(desk, report)


def test_a_missing_case_is_missing(desk, db):
    assert desk.get(page(Report, "change", person().id)).status_code == 404


# Deciding.


def test_a_moderator_takes_a_case_up(desk, report):
    step(desk, report, "take")
    report.refresh_from_db()
    assert (report.status, report.assigned_to_id) == ("triaged", me(desk))


@pytest.mark.parametrize(
    "measure, kind, days",
    [
        ("warn", "warning", None),
        ("restrict", "restriction", None),
        ("suspend_7", "suspension", 7),
        ("suspend_30", "suspension", 30),
        ("ban", "ban", None),
    ],
)
def test_one_click_takes_a_measure(desk, report, measure, kind, days):
    decide(desk, report, measure)
    action = ModerationAction.objects.get()
    lasts = action.expires_at and (action.expires_at - action.created_at).days
    assert (action.kind, lasts, action.by_id, action.report_id) == (kind, days, me(desk), report.id)
    assert (action.reason_code, action.statement_of_reasons) == ("scam", "You asked for money.")


def test_one_click_dismisses(desk, report):
    decide(desk, report, "dismiss")
    report.refresh_from_db()
    assert (report.status, report.decided_by_id) == ("dismissed", me(desk))
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize(
    "left_out", [{"statement": " "}, {"confirmed": ""}, {"measure": "hang"}, {"reason_code": "dislike"}]
)
def test_without_reasons_or_confirmation_nothing_happens(desk, report, left_out):
    assert decide(desk, report, **left_out).status_code == 200
    report.refresh_from_db()
    assert (report.status, ModerationAction.objects.exists()) == ("open", False)


def test_what_was_written_is_kept_when_something_is_missing(desk, report):
    assert "You asked for money." in decide(desk, report, confirmed="").content.decode()


def test_a_refusal_is_told(desk, report, now):
    cases.triage(report=report.id, by=moderator(), now=now)
    assert "Another moderator has this report" in decide(desk, report).content.decode()
    assert not ModerationAction.objects.exists()


def test_a_decided_case_offers_no_decision(desk, report):
    decide(desk, report, "dismiss")
    assert "This report is decided." in shown(desk, report)


def test_who_may_not_take_measures_may_dismiss(roles, report):
    clerk = staff()
    clerk.user_permissions.add(_right("view_report"), _right("change_report"))
    client = browser(clerk)
    assert decide(client, report, "ban").status_code == 403
    assert not ModerationAction.objects.exists()
    decide(client, report, "dismiss")
    assert Report.objects.get().status == "dismissed"


@pytest.mark.parametrize("role, status", [("moderator", 200), ("admin", 200), ("analyst", 403)])
@pytest.mark.parametrize("model", [Report, ModerationAction, Appeal])
def test_who_sees_cases(roles, role, status, model):
    assert member_of(role).get(page(model)).status_code == status


@pytest.mark.parametrize("name", ["take", "rate", "evidence", "decide"])
def test_an_analyst_takes_no_step(roles, report, name):
    assert step(member_of("analyst"), report, name).status_code == 403


# Appeals.


@pytest.fixture
def appeal(now):
    return appealed(BAN, now)


def judge(client, appeal, decision="overturn", **data):
    return step(client, appeal, "decide", **{"decision": decision, "decision_text": "So.", "confirmed": "on"} | data)


def test_open_appeals_come_first_oldest_first(desk, now):
    late, early = appealed(BAN, now), appealed(BAN, now - timedelta(hours=1))
    closed = appealed(BAN, now)
    judge(desk, closed)
    assert list(desk.get(page(Appeal)).context["cl"].result_list) == [early, late]
    assert closed in desk.get(page(Appeal), {"queue": "all"}).context["cl"].result_list


def test_each_reading_of_an_appeal_is_on_record(desk, appeal):
    assert "I did not." not in shown(desk, appeal)
    assert "I did not." in step(desk, appeal, "read").content.decode()
    assert AuditLog.objects.get(action="appeal_read").actor_id == me(desk)


@pytest.mark.parametrize("decision, status, back", [("uphold", "upheld", False), ("overturn", "overturned", True)])
def test_another_moderator_decides(desk, appeal, decision, status, back):
    judge(desk, appeal, decision)
    appeal.refresh_from_db()
    assert (appeal.status, appeal.decided_by_id) == (status, me(desk))
    assert (ModerationAction.objects.get().revoked_at is not None) == back


def test_the_page_of_an_appeal_says_that_the_measure_was_taken_back(desk, appeal, now):
    before = "This appeal is closed." in shown(desk, appeal)
    actions.revoke(action=appeal.action_id, by=moderator(), reason="A mistake.", now=now)
    content = shown(desk, appeal)
    assert (before, "This appeal is closed." in content) == (False, True)
    assert f"{now:%Y-%m-%d %H:%M}" in content[content.index("Taken back") :]
    assert "The appeal is moot." in judge(desk, appeal).content.decode()


def test_who_took_the_action_is_offered_nothing_and_refused(desk, now):
    user = person()
    action = taken(user.id, BAN, now, by=me(desk))
    from safety.services import appeals

    appeal = appeals.file(action=action.id, by=user.id, text="No.", now=timezone.now())
    assert "Another moderator has to decide." in shown(desk, appeal)
    assert "Another moderator has to decide this appeal." in judge(desk, appeal).content.decode()
    assert Appeal.objects.get().status == "open"


@pytest.mark.parametrize("left_out", [{"decision_text": " "}, {"confirmed": ""}, {"decision": "forget"}])
def test_an_appeal_is_not_decided_without_reasons_or_confirmation(desk, appeal, left_out):
    assert judge(desk, appeal, **left_out).status_code == 200
    assert Appeal.objects.get().status == "open"


# Flags.


@pytest.fixture
def flag(now):
    values = {"kind": FlagKind.MASS_OPENER, "source_kind": "message", "source_id": person().id, "data": {"sent": 40}}
    return flags.raise_flag(user=person().id, now=now, **values)


def follow(client, flag, measure="warn", **data):
    given = {"measure": measure, "reason_code": "spam", "statement": "You sent spam.", "confirmed": "on"}
    return step(client, flag, "act", **given | data)


def test_a_flag_says_what_and_whose(desk, flag):
    content = shown(desk, flag)
    assert [word for word in ("Mass Opener", "sent: 40", str(flag.user_id)) if word not in content] == []


def test_a_flag_of_two_shows_both_and_what_it_means_to_resolve_it(desk, now):
    source = {"kind": FlagKind.LIKELY_SAME_PERSON, "source_kind": "face_match", "source_id": uuid4()}
    flag, other = (flags.raise_flag(user=person().id, data={}, now=now, **source) for _ in range(2))
    content = shown(desk, flag)
    expected = ["Flagged with them", str(other.user_id), "Without a measure they are two people"]
    assert [word for word in expected if word not in content] == []


def test_a_flag_is_resolved_without_a_measure(desk, flag):
    step(desk, flag, "resolve")
    flag.refresh_from_db()
    assert (flag.resolved_by_id, ModerationAction.objects.exists()) == (me(desk), False)


def test_a_measure_resolves_the_flag(desk, flag):
    follow(desk, flag, "suspend_7")
    flag.refresh_from_db()
    action = ModerationAction.objects.get()
    assert (action.kind, action.against_id, action.report_id) == ("suspension", flag.user_id, None)
    assert (action.by_id, flag.resolved_by_id) == (me(desk), me(desk))


def test_a_resolved_flag_takes_no_measure(desk, flag):
    step(desk, flag, "resolve")
    assert "The flag is resolved." in follow(desk, flag).content.decode()
    assert not ModerationAction.objects.exists()


@pytest.mark.parametrize("left_out", [{"statement": " "}, {"confirmed": ""}, {"measure": "dismiss"}])
def test_there_is_no_measure_on_a_flag_without_reasons_or_confirmation(desk, flag, left_out):
    assert follow(desk, flag, **left_out).status_code == 200
    flag.refresh_from_db()
    assert (flag.resolved_at, ModerationAction.objects.exists()) == (None, False)


def test_who_may_not_take_measures_resolves_at_most(roles, flag):
    clerk = staff()
    clerk.user_permissions.add(_right("view_safetyflag"), _right("change_safetyflag"))
    client = browser(clerk)
    assert (follow(client, flag).status_code, ModerationAction.objects.exists()) == (403, False)
    step(client, flag, "resolve")
    flag.refresh_from_db()
    assert flag.resolved_at
