"""Moderators, people and the clock at the same moment: real threads, real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, transaction

from config.errors import WrongState
from connect.models import ConnectProfile, User
from connect.services import pool
from matching.models import Match
from safety.enums import FOREVER, ActionKind, ReportReason
from safety.models import Appeal, ModerationAction, Report
from safety.roles import as_service
from safety.services import actions, appeals, cases, reports
from safety.services.actions import Measure
from tests.factories import MatchFactory, UserFactory
from tests.safety.cases import BAN, RESTRICTION, WARNING, appealed, filed, moderator, taken
from tests.safety.rows import person

pytestmark = pytest.mark.django_db(transaction=True)
each_round = pytest.mark.parametrize("round_", range(6))
DAY = timedelta(days=1)


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all at the same moment on connections of their own; True for what was done, else the refusal's code."""
    barrier = Barrier(len(acts))

    def work(act):
        try:
            barrier.wait()
            with transaction.atomic():
                act()
        except WrongState as refused:
            return refused.code
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(work, act) for act in acts]]


def sweep(now):
    """Outside of a transaction, as a worker does it."""
    actions.lapse_due(now=now)
    connection.close()


def act(report, by, now, measure=WARNING):
    reason = ReportReason.SPAM
    return lambda: cases.act(report=report.id, by=by, measure=measure, reason_code=reason, statement="So.", now=now)


def dismiss(report, by, now):
    return lambda: cases.dismiss(report=report.id, by=by, statement="So.", now=now)


@each_round
def test_two_moderators_decide_at_once(now, round_):
    report, one, other = filed(), moderator(), moderator()
    answers = together(act(report, one, now, BAN), dismiss(report, other, now))
    report.refresh_from_db()
    assert sorted(map(str, answers)) == ["True", "wrong_state"]
    assert ModerationAction.objects.count() == (report.status == "actioned")
    assert report.assigned_to_id == report.decided_by_id


@each_round
def test_one_moderator_clicks_twice(now, round_):
    report, by = filed(), moderator()
    assert sorted(map(str, together(*[act(report, by, now)] * 2))) == ["True", "wrong_state"]
    assert ModerationAction.objects.count() == 1


@each_round
def test_two_take_a_report_up_at_once(now, round_):
    report, pair = filed(), (moderator(), moderator())
    together(*(lambda by=by: cases.triage(report=report.id, by=by, now=now) for by in pair))
    found = Report.objects.get()
    assert (found.status, found.assigned_to_id in pair) == ("triaged", True)


@each_round
def test_a_new_restriction_and_the_end_of_the_last(now, round_):
    user, by = person(), moderator()
    taken(user.id, Measure(ActionKind.RESTRICTION, DAY), now)
    later = now + DAY
    with ThreadPoolExecutor(2) as pool:
        ending = pool.submit(sweep, later)
        together(lambda: taken(user.id, RESTRICTION, later, by))
        ending.result()
    actions.lapse_due(now=later)
    assert User.objects.get(id=user.id).status == "restricted"


@each_round
def test_a_ban_and_the_end_of_a_suspension(now, round_):
    user, by = person(), moderator()
    taken(user.id, Measure(ActionKind.SUSPENSION, DAY), now)
    later = now + DAY
    with ThreadPoolExecutor(2) as pool:
        ending = pool.submit(sweep, later)
        together(lambda: taken(user.id, BAN, later, by))
        ending.result()
    actions.lapse_due(now=later)
    assert User.objects.get(id=user.id).suspended_until == FOREVER


@each_round
def test_a_suspension_as_the_person_leaves_the_pool(now, round_):
    user, by = UserFactory(pooled=True), moderator()
    MatchFactory(first=user, second=UserFactory(pooled=True))

    def leave():
        with as_service():
            pool.deactivate(user_id=user.id, now=now)

    assert together(lambda: taken(user.id, BAN, now, by), leave) == [True, True]
    assert User.objects.get(id=user.id).suspended_until == FOREVER
    assert not Match.objects.open().exists()
    assert not ConnectProfile.objects.get(user=user).is_active


@each_round
def test_two_sweepers_end_an_action_once(now, round_):
    user = person()
    action = taken(user.id, Measure(ActionKind.SUSPENSION, DAY), now)
    with ThreadPoolExecutor(2) as pool:
        for ending in [pool.submit(sweep, now + DAY) for _ in range(2)]:
            ending.result()
    action.refresh_from_db()
    assert (action.lapsed_at, user.notifications.count()) == (now + DAY, 2)


@each_round
def test_an_action_taken_back_as_its_time_ends(now, round_):
    user, by = person(), moderator()
    action = taken(user.id, Measure(ActionKind.SUSPENSION, DAY), now)
    with ThreadPoolExecutor(2) as pool:
        ending = pool.submit(sweep, now + DAY)
        together(lambda: actions.revoke(action=action.id, by=by, reason="a mistake", now=now + DAY))
        ending.result()
    assert User.objects.get(id=user.id).suspended_until is None


@each_round
def test_two_appeals_at_once_are_one(now, round_):
    user = person().id
    action = taken(user, BAN, now)
    answers = together(*[lambda: appeals.file(action=action.id, by=user, text="No.", now=now)] * 2)
    assert sorted(map(str, answers)) == ["True", "already_appealed"]
    assert Appeal.objects.count() == 1


@each_round
def test_two_moderators_decide_an_appeal_at_once(now, round_):
    appeal, one, other = appealed(BAN, now), moderator(), moderator()

    def decide(by, overturn):
        return lambda: appeals.decide(appeal=appeal.id, by=by, overturn=overturn, decision="So.", now=now)

    assert sorted(map(str, together(decide(one, True), decide(other, False)))) == ["True", "wrong_state"]
    found = Appeal.objects.get()
    assert (found.status == "overturned") == (ModerationAction.objects.get().revoked_at is not None)


@each_round
def test_an_appeal_withdrawn_as_it_is_decided(now, round_):
    appeal, by = appealed(BAN, now), moderator()
    answers = together(
        lambda: appeals.withdraw(appeal=appeal.id, by=appeal.appellant_id, now=now),
        lambda: appeals.decide(appeal=appeal.id, by=by, overturn=True, decision="So.", now=now),
    )
    assert sorted(map(str, answers)) == ["True", "wrong_state"]


@each_round
def test_an_appeal_decided_as_the_action_is_taken_back(now, round_):
    appeal, one, other = appealed(BAN, now), moderator(), moderator()
    answers = together(
        lambda: appeals.decide(appeal=appeal.id, by=one, overturn=True, decision="So.", now=now),
        lambda: actions.revoke(action=appeal.action_id, by=other, reason="a mistake", now=now),
    )
    assert sorted(map(str, answers)) == ["True", "wrong_state" if answers[0] is not True else "action_revoked"]
    assert User.objects.get(id=appeal.appellant_id).suspended_until is None
    assert Appeal.objects.get().status == ("overturned" if answers[0] is True else "moot")


@each_round
def test_an_appeal_withdrawn_as_the_action_is_taken_back(now, round_):
    appeal, by = appealed(BAN, now), moderator()
    withdrawn, revoked = together(
        lambda: appeals.withdraw(appeal=appeal.id, by=appeal.appellant_id, now=now),
        lambda: actions.revoke(action=appeal.action_id, by=by, reason="a mistake", now=now),
    )
    assert (withdrawn, revoked) in {(True, True), ("wrong_state", True)}
    assert Appeal.objects.get().status == ("withdrawn" if withdrawn is True else "moot")


@each_round
def test_two_reports_of_the_same_at_once_are_one(now, round_):
    by, against, about = person().id, person().id, uuid4()

    def file(details):
        return lambda: reports.file(
            by=by,
            against=against,
            subject_kind="match",
            subject_id=about,
            reason=ReportReason.THREAT,
            details=details,
            alias="Quiet Fox",
            now=now,
        )

    assert together(file("One."), file("Two.")) == [True, True]
    assert sorted(reports.details_of(Report.objects.get()).split("\n\n")) == ["One.", "Two."]
