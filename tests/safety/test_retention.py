"""Nothing is kept longer than its class says."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from chat.enums import CloseReason, Decision
from chat.models import Conversation, ConversationEvent, DecisionGate, GateWindow, Message, Reveal
from chat.services import conversations, reveals
from connect.models import Notification
from faces.models import Face, MatchJob
from matching.models import Match
from safety.models import AuditLog, Report
from safety.roles import acting_as, as_service
from safety.services import cases, retention
from tests.chat.live import make_pair
from tests.chat.people import make_two, send
from tests.factories import UserFactory
from tests.safety.cases import moderator
from tests.safety.rows_of_faces import face

DAY = timedelta(days=1)


def in_days(days):
    return timezone.now() + days * DAY


# Conversations.


@pytest.fixture
def two(db):
    two = make_two()
    send(two, "Hello")
    return two


def end(two):
    conversations.close(conversation_id=two.conversation.id, reason=CloseReason.USER_END, by=two.a, now=timezone.now())


def left_of(two):
    rows = [model.objects.filter(conversation=two.conversation) for model in (Message, ConversationEvent, Reveal)]
    return [Conversation.objects.filter(id=two.conversation.id).count(), *(found.count() for found in rows)]


def test_90_days_after_its_end_nothing_of_a_conversation_is_left(two):
    reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    end(two)
    told = retention.apply(now=in_days(91))
    assert (left_of(two), told["chat/conversation"]) == ([0, 0, 0, 0], 1)
    connection.check_constraints()


def test_and_before_that_all_of_it_is(two):
    end(two)
    before = left_of(two)
    retention.apply(now=in_days(89))
    assert left_of(two) == before
    assert before[1] == 1


def test_nor_is_anything_of_its_gates(db):
    pair = make_pair()
    pair.decide(pair.a, Decision.NOT_YET, 10.5)
    pair.sweep(40)
    retention.apply(now=pair.minute(32) + 91 * DAY)
    assert (GateWindow.objects.count(), DecisionGate.objects.count()) == (0, 0)


def test_one_that_runs_stays_however_old(two):
    retention.apply(now=in_days(1000))
    assert left_of(two)[0] == 1


def test_so_does_one_of_two_who_are_connected(two):
    offer = reveals.request(conversation_id=two.conversation.id, by=two.a, now=timezone.now())
    reveals.accept(reveal_id=offer.id, by=two.b, now=timezone.now())
    retention.apply(now=in_days(1000))
    assert left_of(two)[:2] == [1, 1]


def test_the_match_stays(two):
    end(two)
    retention.apply(now=in_days(91))
    assert Match.objects.filter(id=two.match.id).exists()


# Notifications and reports.


def test_a_notification_goes_after_180_days(db):
    Notification.objects.create(user=UserFactory(), type="nudge", title="Hello")
    retention.apply(now=in_days(179))
    assert Notification.objects.count() == 1
    retention.apply(now=in_days(181))
    assert Notification.objects.count() == 0


@pytest.fixture
def report(db):
    return Report.objects.create(
        reporter=UserFactory(),
        reported=UserFactory(),
        subject_kind="match",
        subject_id=uuid4(),
        reason_code="spam",
        severity="low",
        priority=1,
        due_at=timezone.now(),
    )


def test_a_report_goes_three_years_after_its_decision(report):
    cases.dismiss(report=report.id, by=moderator(), statement="Nothing of it is true.", now=timezone.now())
    retention.apply(now=in_days(3 * 365 - 1))
    assert Report.objects.count() == 1
    retention.apply(now=in_days(3 * 365 + 1))
    assert Report.objects.count() == 0


def test_one_that_is_open_stays(report):
    retention.apply(now=in_days(4 * 365))
    assert Report.objects.count() == 1


# The audit.


def entry(years):
    """An entry as it was made so many years ago, its id too."""
    moment = timezone.now() - timedelta(days=366 * years)
    number = int(moment.timestamp() * 1000) << 80 | uuid4().int >> 48
    return AuditLog.objects.create(id=UUID(int=number), created_at=moment, action="noted", entity="x")


def drop(years):
    moment = timezone.now() - timedelta(days=366 * years)
    with connection.cursor() as cursor:
        cursor.execute("SELECT safety_drop_audit(%s, %s)", [moment, 100])
        return cursor.fetchone()[0]


def test_the_audit_goes_after_seven_years(db):
    old, young = entry(8), entry(6)
    assert retention.apply(now=timezone.now())["safety/auditlog"] == 1
    assert set(AuditLog.objects.filter(id__in=[old.id, young.id])) == {young}


def test_no_setting_makes_it_sooner(db, settings):
    settings.RETENTION = {**settings.RETENTION, "audit": DAY}
    young = entry(6)
    retention.apply(now=timezone.now())
    assert AuditLog.objects.filter(id=young.id).exists()


def test_nor_does_the_service_itself(db):
    entry(6)
    with transaction.atomic(), as_service():
        assert drop(1) == 0


def test_the_service_may_drop_what_is_old(db):
    entry(8)
    with transaction.atomic(), as_service():
        assert drop(7) == 1


def test_the_client_may_not(db):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), acting_as(None):
        drop(7)


# In batches.


def notify(count):
    user = UserFactory()
    rows = [Notification(user=user, type="nudge", title="Hello") for _ in range(count)]
    Notification.objects.bulk_create(rows)
    return rows


def test_a_sweep_goes_on_until_all_are_gone(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    notify(5)
    assert retention.apply(now=in_days(181))["connect/notification"] == 5
    assert Notification.objects.count() == 0


def test_killed_half_way_the_next_one_goes_on(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    notify(5)
    batches = iter([retention._sweep_batch, None])
    sweep = retention._sweep_batch

    def killed(part, now):
        if part.name == "connect/notification" and next(batches, None) is None:
            raise KeyboardInterrupt
        return sweep(part, now)

    with monkeypatch.context() as patch:
        patch.setattr(retention, "_sweep_batch", killed)
        with pytest.raises(KeyboardInterrupt):
            retention.apply(now=in_days(181))
    assert Notification.objects.count() == 3
    retention.apply(now=in_days(181))
    assert Notification.objects.count() == 0


def test_once_more_there_is_nothing_to_do(two):
    end(two)
    retention.apply(now=in_days(91))
    assert set(retention.apply(now=in_days(91)).values()) == {0}


# Faces.


def test_a_picture_of_somebody_else_goes_after_a_month_and_ones_own_stays(db):
    user = UserFactory()
    own, rejected = (face(user, timezone.now()) for _ in range(2))
    Face.objects.filter(id=rejected.id).update(verdict="rejected", is_default=True)
    assert retention.apply(now=in_days(29))["faces/face"] == 0
    assert retention.apply(now=in_days(31))["faces/face"] == 1
    left = Face.objects.get()
    assert (left.id, left.is_default) == (own.id, True)


def test_what_came_of_an_upload_is_told_for_90_days(db):
    user, now = UserFactory(), timezone.now()
    job = MatchJob.objects.create(face=face(user, now), user=user, due_at=now)
    MatchJob.objects.update(status="processing")
    retention.apply(now=in_days(91))
    assert MatchJob.objects.filter(id=job.id).exists()
    MatchJob.objects.update(status="completed", completed_at=now)
    assert retention.apply(now=in_days(91))["faces/matchjob"] == 1


def test_every_class_has_its_term():
    assert {name: term.days for name, term in settings.RETENTION.items()} == {
        "conversations": 90,
        "notifications": 180,
        "match_jobs": 90,
        "rejected_faces": 30,
        "discovery": 90,
        "analytics": 180,
        "queue": 90,
        "reports": 1095,
        "trust": 1095,
        "audit": 2557,
    }
