"""Saying that an action was wrong, and who decides it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from config.errors import Forbidden, Invalid, NotYours, WrongState
from connect.models import Notification, OutgoingMail, User
from safety.crypto import Tampered
from safety.enums import AppealStatus
from safety.models import Appeal, AuditLog, ModerationAction
from safety.roles import acting_as
from safety.services import actions, appeals
from tests.safety.cases import BAN, WARNING, WEEK, appealed, moderator, taken
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db):
    return person()


@pytest.fixture
def appeal(now):
    return appealed(BAN, now)


def decide(appeal, now, overturn=True, by=None, decision="We were wrong."):
    return appeals.decide(appeal=appeal.id, by=by or moderator(), overturn=overturn, decision=decision, now=now)


# Making one.


@pytest.mark.parametrize("measure", [WARNING, WEEK, BAN], ids=["warning", "suspension", "ban"])
def test_the_person_appeals(user, now, measure):
    action = taken(user.id, measure, now)
    with acting_as(user.id):
        made = appeals.file(action=action.id, by=user.id, text="I did not.", now=now)
    assert (made.status, made.appellant_id, made.action_by_id) == ("open", user.id, action.by_id)


def test_what_they_write_is_sealed_for_that_appeal_alone(appeal, now):
    row = Appeal.objects.get()
    assert b"I did not." not in bytes(row.text)
    assert appeals.text_of(row) == "I did not."
    other = appealed(now=now)
    other.text, other.text_key = row.text, row.text_key
    with pytest.raises(Tampered):
        appeals.text_of(other)


def test_a_moderators_reading_is_on_record(appeal):
    reader = uuid4()
    assert appeals.read_text(appeal=appeal, by=reader) == "I did not."
    assert AuditLog.objects.get(action="appeal_read", entity_id=appeal.id).actor_id == reader


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_one_appeals_for_oneself_alone(user, now, whose):
    action = taken(person().id, WARNING, now).id if whose == "another's" else uuid4()
    with pytest.raises(NotYours):
        appeals.file(action=action, by=user.id, text="x", now=now)


def refusal(action, by, now):
    with pytest.raises(WrongState) as refused:
        appeals.file(action=action.id, by=by, text="x", now=now)
    assert not appeals.appealable(ModerationAction.objects.get(id=action.id), now=now)
    return refused.value.code


@pytest.mark.parametrize("end", [None, "withdrawn", "upheld"])
def test_there_is_one_appeal_for_an_action(appeal, now, end):
    if end == "withdrawn":
        appeals.withdraw(appeal=appeal.id, by=appeal.appellant_id, now=now)
    if end == "upheld":
        decide(appeal, now, overturn=False)
    assert refusal(appeal.action, appeal.appellant_id, now) == "already_appealed"


def test_there_is_none_against_what_was_taken_back(user, now):
    action = taken(user.id, BAN, now)
    actions.revoke(action=action.id, by=moderator(), reason="a mistake", now=now)
    assert refusal(action, user.id, now) == "action_revoked"


def test_it_can_come_too_late(user, now):
    action = taken(user.id, BAN, now)
    assert appeals.appealable(action, now=now + settings.APPEAL_WINDOW)
    assert refusal(action, user.id, now + settings.APPEAL_WINDOW + timedelta(seconds=1)) == "appeal_too_late"


def test_what_has_ended_can_still_be_appealed_against(user, now):
    action = taken(user.id, WEEK, now)
    later = now + timedelta(days=8)
    actions.lapse_due(now=later)
    assert appeals.file(action=action.id, by=user.id, text="x", now=later).status == "open"


# Withdrawing.


def test_the_person_withdraws_it(appeal, now):
    appeals.withdraw(appeal=appeal.id, by=appeal.appellant_id, now=now)
    assert Appeal.objects.get().status == "withdrawn"


def test_nobody_else_withdraws_it(appeal, now):
    with pytest.raises(NotYours):
        appeals.withdraw(appeal=appeal.id, by=person().id, now=now)


# Deciding.


def test_overturned_the_action_is_taken_back(appeal, now):
    by = moderator()
    decide(appeal, now, by=by)
    action = ModerationAction.objects.get()
    assert (action.revoked_at, action.revoked_by_id) == (now, by)
    assert User.objects.get(id=appeal.appellant_id).suspended_until is None


def test_upheld_it_stays(appeal, now):
    decide(appeal, now, overturn=False)
    assert ModerationAction.objects.get().revoked_at is None
    assert Appeal.objects.get().status == "upheld"


def test_what_has_ended_is_overturned_too(now):
    appeal, later = appealed(WEEK, now), now + timedelta(days=8)
    actions.lapse_due(now=later)
    decide(appeal, later)
    assert ModerationAction.objects.get().revoked_at == later


@pytest.mark.parametrize("overturn", [True, False])
def test_the_person_is_told_also_by_mail(appeal, now, overturn):
    OutgoingMail.objects.all().delete()
    decide(appeal, now, overturn=overturn)
    told = Notification.objects.get(user=appeal.appellant_id, type="appeal_decided")
    assert (told.related_type, told.related_id) == ("appeal", appeal.id)
    assert "We were wrong." in OutgoingMail.objects.get().body


def test_who_took_the_action_does_not_decide(appeal, now):
    with pytest.raises(Forbidden) as refused:
        decide(appeal, now, by=appeal.action_by_id)
    assert refused.value.code == "own_case"


def test_the_person_concerned_does_not_decide(appeal, now):
    with pytest.raises(Forbidden):
        decide(appeal, now, by=appeal.appellant_id)


def test_there_is_no_decision_without_reasons(appeal, now):
    with pytest.raises(Invalid):
        decide(appeal, now, decision=" ")


@pytest.mark.parametrize("end", [AppealStatus.UPHELD, AppealStatus.OVERTURNED, AppealStatus.WITHDRAWN])
def test_what_is_closed_stays_closed(appeal, now, end):
    if end == AppealStatus.WITHDRAWN:
        appeals.withdraw(appeal=appeal.id, by=appeal.appellant_id, now=now)
    else:
        decide(appeal, now, overturn=end == AppealStatus.OVERTURNED)
    for again in (decide, lambda a, n: appeals.withdraw(appeal=a.id, by=a.appellant_id, now=n)):
        with pytest.raises(WrongState):
            again(appeal, now)


# The measure is taken back meanwhile.


@pytest.fixture
def moot(appeal, now):
    OutgoingMail.objects.all().delete()
    actions.revoke(action=appeal.action_id, by=appeal.action_by_id, reason="A mistake.", now=now)
    appeal.refresh_from_db()
    return appeal


def test_taking_the_measure_back_settles_the_appeal(moot, now):
    assert (moot.status, moot.decided_at, moot.decided_by) == ("moot", now, None)


def test_the_person_is_told_that_nothing_is_left_to_decide(moot):
    told = Notification.objects.get(user=moot.appellant_id, type="appeal_decided")
    assert (told.title, "taken back" in told.message) == ("Your appeal is closed", True)
    assert "taken back" in OutgoingMail.objects.get().body


@pytest.mark.parametrize("overturn", [True, False])
def test_what_is_moot_is_not_decided(moot, now, overturn):
    with pytest.raises(WrongState):
        decide(moot, now, overturn=overturn)


def test_what_was_decided_stays_so_when_the_measure_is_taken_back(appeal, now):
    decide(appeal, now, overturn=False)
    actions.revoke(action=appeal.action_id, by=moderator(), reason="After all.", now=now)
    assert Appeal.objects.get().status == "upheld"


def test_an_appeal_outlives_the_time_of_its_measure(now):
    """The person was wronged all the same, and it stands in their file."""
    appeal = appealed(WEEK, now)
    later = now + timedelta(days=8)
    actions.lapse_due(now=later)
    assert decide(appeal, later).status == "overturned"
    assert ModerationAction.objects.get().revoked_at == later


def test_a_missing_appeal_is_not_found(db, now):
    with pytest.raises(NotYours):
        decide(Appeal(id=uuid4()), now)


# The database itself.


@pytest.mark.parametrize("who", ["action_by_id", "appellant_id"])
def test_the_database_demands_another_moderator(appeal, now, who):
    with pytest.raises(IntegrityError, match="appeal_decided_by_another"), transaction.atomic():
        Appeal.objects.filter(id=appeal.id).update(
            status="upheld", decided_by=getattr(appeal, who), decided_at=now, decision_text="So."
        )


@pytest.mark.parametrize("column", ["action_by", "appellant"])
def test_the_database_holds_an_appeal_to_its_action(appeal, column):
    with pytest.raises(IntegrityError, match="appeal_of_action"), transaction.atomic():
        Appeal.objects.filter(id=appeal.id).update(**{column: person()})


def test_another_moderator_may_not_be_smuggled_in_by_the_action(appeal):
    other = moderator()
    ModerationAction.objects.filter(id=appeal.action_id).update(by=other)
    assert Appeal.objects.get().action_by_id == other


@pytest.mark.parametrize("status", ["upheld", "overturned"])
def test_the_database_demands_who_and_why(appeal, now, status):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(id=appeal.id).update(status=status, decided_at=now)
