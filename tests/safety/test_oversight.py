"""Cases about staff: those set above moderators decide them, and whoever is acted against is no longer on the staff."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from connect.models import Notification, OutgoingMail, User
from safety.models import AuditLog, ModerationAction, Report
from safety.services import actions, appeals, cases, flags, reports
from tests.config.desk import browser, make_roles, page, staff
from tests.safety.cases import BAN, RESTRICTION, WARNING, WEEK, filed, moderator, taken
from tests.safety.refusals import refusal_of
from tests.safety.rows import appeal_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db):
    make_roles()


def one_of(role):
    user = staff()
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def admin():
    return one_of("admin")


@pytest.fixture
def culprit():
    """A moderator whom somebody reports."""
    return one_of("moderator")


@pytest.fixture
def report(admin, culprit):
    return filed(against=culprit.pk)


def decision(now, **fields):
    return {"measure": BAN, "reason_code": "harassment", "statement": "You threatened them.", "now": now} | fields


# Who decides.


def test_no_colleague_decides(report, now):
    by = one_of("moderator").pk
    steps = [
        (cases.triage, {"now": now}),
        (cases.dismiss, {"statement": "No.", "now": now}),
        (cases.act, decision(now)),
    ]
    assert [refusal_of(step, report=report.pk, by=by, **given) for step, given in steps] == ["staff_case"] * 3
    assert Report.objects.get().status == "open"


def test_an_admin_does(report, admin, culprit, now):
    action = cases.act(report=report.pk, by=admin.pk, **decision(now))
    assert (action.against_id, Report.objects.get().status) == (culprit.pk, "actioned")


def test_a_right_of_ones_own_is_as_good_as_a_group(report, now):
    judge = one_of("moderator")
    judge.user_permissions.add(Permission.objects.get(codename="oversee_report"))
    cases.triage(report=report.pk, by=judge.pk, now=now)
    assert Report.objects.get().assigned_to_id == judge.pk


def test_what_a_moderator_began_goes_on_to_an_admin_when_the_person_joins_the_staff(admin, now):
    report, by = filed(), moderator()
    cases.triage(report=report.pk, by=by, now=now)
    User.objects.filter(pk=report.reported_id).update(is_staff=True)
    assert refusal_of(cases.act, report=report.pk, by=by, **decision(now)) == "staff_case"
    cases.triage(report=report.pk, by=admin.pk, now=now)
    cases.act(report=report.pk, by=admin.pk, **decision(now))


def test_nobody_decides_against_themselves(admin, now):
    report = filed(against=admin.pk)
    assert refusal_of(cases.act, report=report.pk, by=admin.pk, **decision(now)) == "own_case"


def test_a_superuser_is_judged_by_a_superuser(admin, now):
    report = filed(against=staff(is_superuser=True).pk)
    assert refusal_of(cases.triage, report=report.pk, by=admin.pk, now=now) == "staff_case"
    cases.act(report=report.pk, by=staff(is_superuser=True).pk, **decision(now))


def test_a_flag_on_a_colleague_is_not_resolved_by_one(admin, culprit, now):
    given = {"kind": "manual", "source_kind": "x", "source_id": uuid4(), "data": {}}
    flag = flags.raise_flag(user=culprit.pk, now=now, **given)
    assert refusal_of(flags.resolve, flag=flag.pk, by=moderator(), now=now) == "staff_case"
    flags.resolve(flag=flag.pk, by=admin.pk, now=now)


def test_a_colleague_takes_no_measure_back_and_decides_no_appeal(admin, culprit, now):
    action = taken(culprit.pk, WARNING, now, by=admin.pk)
    appeal = appeal_of(action)
    by = moderator()
    assert refusal_of(actions.revoke, action=action.pk, by=by, reason="A friend.", now=now) == "staff_case"
    judged = {"appeal": appeal.pk, "overturn": True, "decision": "A friend.", "now": now}
    assert refusal_of(appeals.decide, by=by, **judged) == "staff_case"
    assert appeals.decide(by=one_of("admin").pk, **judged).status == "overturned"


# Who is told.


def told():
    return set(Notification.objects.filter(type="moderation").values_list("user_id", flat=True))


def test_those_who_may_decide_are_told_also_by_mail(admin, culprit):
    other, chief = one_of("moderator"), staff(is_superuser=True)
    report = filed(against=culprit.pk)
    note = Notification.objects.filter(type="moderation").first()
    assert told() == {admin.pk, chief.pk} and other.pk not in told()
    assert (note.related_type, note.related_id) == ("report", report.pk)
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {admin.email, chief.email}


def test_neither_party_is_told(admin, culprit):
    filed(by=admin.pk, against=culprit.pk)
    filed(against=admin.pk)
    assert told() == set()


def test_about_a_superuser_superusers_are_told(admin):
    chief = staff(is_superuser=True)
    filed(against=staff(is_superuser=True).pk)
    assert told() == {chief.pk}


def test_about_anybody_else_nobody_is_told(admin):
    filed()
    assert told() == set()


# What the desk shows.


def test_admins_find_it_in_a_queue_of_its_own(report, admin):
    filed()
    seen = browser(admin).get(page(Report), {"queue": "staff"}).context
    assert (list(seen["cl"].result_list), seen["counts"][-1]) == ([report], ("About staff", 1))


def test_a_colleague_is_told_who_decides_and_opens_no_evidence(report, admin):
    desks = [browser(one_of("moderator")), browser(admin)]
    pages = [desk.get(page(Report, "change", report.pk)).content.decode() for desk in desks]
    assert [("An admin decides it" in content, "View evidence" in content) for content in pages] == [
        (True, False),
        (False, True),
    ]
    opened = [desk.post(reverse("admin:safety_report_evidence", args=[report.pk])).status_code for desk in desks]
    assert opened == [403, 200]
    assert refusal_of(reports.read_evidence, report=report, by=moderator()) == "staff_case"


# What a measure does.


@pytest.mark.parametrize("measure", [RESTRICTION, WEEK, BAN], ids=["restriction", "suspension", "ban"])
def test_a_measure_ends_the_role_and_the_session_at_the_desk(admin, culprit, measure, now):
    desk = browser(culprit)
    before = desk.get(page(Report)).status_code
    taken(culprit.pk, measure, now, by=admin.pk)
    fresh = User.objects.get(pk=culprit.pk)
    assert (before, desk.get(page(Report)).status_code) == (200, 302)
    assert (fresh.is_staff, fresh.groups.count(), fresh.user_permissions.count()) == (False, 0, 0)
    assert AuditLog.objects.filter(action="staff_role_ended", entity_id=culprit.pk).count() == 1


def test_a_warning_leaves_the_role(admin, culprit, now):
    taken(culprit.pk, WARNING, now, by=admin.pk)
    assert (User.objects.get(pk=culprit.pk).is_staff, culprit.groups.count()) == (True, 1)


def test_taking_it_back_does_not_give_the_role_back(admin, culprit, now):
    action = taken(culprit.pk, BAN, now, by=admin.pk)
    actions.revoke(action=action.pk, by=moderator(), reason="A mistake.", now=now)
    assert (ModerationAction.objects.get().revoked_at, User.objects.get(pk=culprit.pk).is_staff) == (now, False)


def test_who_is_kept_out_does_not_come_to_the_desk_with_a_role_given_again(admin, culprit, now):
    taken(culprit.pk, WEEK, now, by=admin.pk)
    User.objects.filter(pk=culprit.pk).update(is_staff=True, is_superuser=True)
    assert browser(culprit).get(page(Report)).status_code == 302
