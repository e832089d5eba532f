"""What moderators do about people, and what it does to them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from chat.models import Conversation
from chat.services import conversations
from config.errors import Forbidden, Invalid, NotYours, WrongState
from connect.models import ConnectProfile, Notification, OutgoingMail, User
from matching.models import Match
from matching.services import people
from safety.enums import FOREVER, ActionKind
from safety.models import AuditLog, ModerationAction
from safety.services import actions
from safety.services.actions import Measure
from tests.factories import ConversationFactory, MatchFactory, UserFactory
from tests.safety.cases import BAN, MEASURES, RESTRICTION, WARNING, WEEK, moderator, taken
from tests.safety.rows import person

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())
DAY = timedelta(days=1)


@pytest.fixture
def user(db):
    return person()


def account(user):
    found = User.objects.get(id=user.id)
    return found.status, found.suspended_until


def back(action, now):
    return actions.revoke(action=action.id, by=moderator(), reason="a mistake", now=now)


# Taking.


@pytest.mark.parametrize(
    "measure, status, until",
    [
        (WARNING, "active", lambda now: None),
        (RESTRICTION, "restricted", lambda now: None),
        (WEEK, "active", lambda now: now + 7 * DAY),
        (BAN, "active", lambda now: FOREVER),
    ],
    ids=MEASURES.keys(),
)
def test_what_a_measure_does_to_an_account(user, now, measure, status, until):
    taken(user.id, measure, now)
    assert account(user) == (status, until(now))


@each
def test_who_took_it_is_on_record(user, now, measure):
    action = taken(user.id, measure, now)
    assert AuditLog.objects.get(action="action_taken", entity_id=action.id).actor_id == action.by_id


@each
def test_the_person_is_told(user, now, measure):
    action = taken(user.id, measure, now)
    told = Notification.objects.get(user=user)
    assert (told.type, told.related_type, told.related_id) == ("moderation", "action", action.id)


@each
def test_who_is_kept_out_gets_the_reasons_by_mail(user, now, measure):
    action = taken(user.id, measure, now)
    letters = [mail.body for mail in OutgoingMail.objects.filter(to=user.email)]
    assert len(letters) == (measure in {WEEK, BAN})
    assert all(action.statement_of_reasons in letter for letter in letters)


def test_who_has_no_address_is_told_without_mail(now):
    user = person(email=None, phone="+4915112345678")
    taken(user.id, BAN, now)
    assert (Notification.objects.filter(user=user).count(), OutgoingMail.objects.count()) == (1, 0)


def test_nobody_acts_against_themselves(user, now):
    with pytest.raises(Forbidden) as refused:
        taken(user.id, by=user.id)
    assert refused.value.code == "own_case"


def test_staff_are_not_acted_against_by_a_colleague(now):
    with pytest.raises(Forbidden) as refused:
        taken(moderator())
    assert refused.value.code == "staff_case"


def test_nobody_is_nobody(db):
    with pytest.raises(NotYours):
        taken(uuid4())


def test_there_is_no_measure_without_reasons(user, now):
    with pytest.raises(Invalid):
        actions.take(
            against=user.id, by=moderator(), measure=BAN, reason_code="spam", statement=" ", report=None, now=now
        )
    assert account(user) == ("active", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"statement_of_reasons": ""},
        {"kind": "suspension", "expires_at": None},
        {"kind": "ban", "expires_at": FOREVER},
        {"revoked_at": FOREVER},
    ],
    ids=["no reasons", "suspended without end", "ban with an end", "taken back by nobody"],
)
def test_the_database_refuses_what_makes_no_sense(user, now, fields):
    action = taken(user.id, WARNING, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModerationAction.objects.filter(id=action.id).update(**fields)


def test_the_database_lets_nobody_act_against_themselves(user, now):
    action = taken(user.id, WARNING, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ModerationAction.objects.filter(id=action.id).update(by=user)


# Taking back.


@each
def test_taken_back_it_leaves_nothing(user, now, measure):
    action = back(taken(user.id, measure, now), now + DAY)
    assert (account(user), action.revoked_at) == (("active", None), now + DAY)
    assert AuditLog.objects.get(action="action_revoked").data == {"reason": "a mistake"}


def test_what_is_taken_back_is_not_taken_back_again(user, now):
    action = back(taken(user.id, BAN, now), now)
    with pytest.raises(WrongState):
        back(action, now)


def test_nobody_takes_back_what_was_done_about_themselves(user, now):
    action = taken(user.id, BAN, now)
    with pytest.raises(Forbidden):
        actions.revoke(action=action.id, by=user.id, reason="a mistake", now=now)
    assert account(user)[1] == FOREVER


def test_a_missing_action_is_not_found(db, now):
    with pytest.raises(NotYours):
        actions.revoke(action=uuid4(), by=uuid4(), reason="x", now=now)


@pytest.mark.parametrize("first", ["older", "newer"])
def test_the_last_restriction_to_end_frees(user, now, first):
    both = [taken(user.id, RESTRICTION, now), taken(user.id, RESTRICTION, now)]
    for action, status in zip(both if first == "older" else reversed(both), ["restricted", "active"], strict=True):
        back(action, now)
        assert account(user)[0] == status


def test_the_longest_suspension_counts(user, now):
    long = taken(user.id, Measure(ActionKind.SUSPENSION, 30 * DAY), now)
    taken(user.id, WEEK, now)
    assert account(user)[1] == now + 30 * DAY
    back(long, now)
    assert account(user)[1] == now + 7 * DAY


def test_a_ban_outlasts_every_suspension(user, now):
    ban = taken(user.id, BAN, now)
    taken(user.id, WEEK, now)
    assert account(user)[1] == FOREVER
    back(ban, now)
    assert account(user)[1] == now + 7 * DAY


def test_restrictions_are_lifted_together(user, now):
    for _ in range(2):
        taken(user.id, RESTRICTION, now)
    taken(user.id, WEEK, now)
    actions.lift_restrictions(user=user.id, by=moderator(), now=now)
    assert account(user) == ("active", now + 7 * DAY)
    with pytest.raises(WrongState):
        actions.lift_restrictions(user=user.id, by=moderator(), now=now)


@pytest.mark.parametrize("status", ["deletion_pending", "deleted"])
def test_an_account_on_its_way_out_keeps_its_status(user, now, status):
    for step in ["deletion_pending", "deleted"][: 1 + (status == "deleted")]:
        User.objects.filter(id=user.id).update(status=step)
    back(taken(user.id, RESTRICTION, now), now)
    assert account(user)[0] == status


# Ending by the date.


@pytest.mark.parametrize("kind", [ActionKind.SUSPENSION, ActionKind.RESTRICTION])
def test_what_has_a_date_ends_by_it(user, now, kind):
    action = taken(user.id, Measure(kind, DAY), now)
    assert actions.lapse_due(now=now + DAY - timedelta(seconds=1)) == 0
    assert actions.lapse_due(now=now + DAY) == 1
    action.refresh_from_db()
    assert (account(user), action.lapsed_at) == (("active", None), now + DAY)


def test_its_end_is_carried_out_and_told_once(user, now):
    taken(user.id, WEEK, now)
    assert [actions.lapse_due(now=now + 8 * DAY) for _ in range(2)] == [1, 0]
    assert Notification.objects.filter(user=user).count() == 2


def test_what_was_taken_back_does_not_end_again(user, now):
    back(taken(user.id, WEEK, now), now)
    assert actions.lapse_due(now=now + 8 * DAY) == 0


def test_the_end_of_one_leaves_the_others(user, now):
    taken(user.id, WEEK, now)
    taken(user.id, BAN, now)
    actions.lapse_due(now=now + 8 * DAY)
    assert account(user)[1] == FOREVER


# What else it ends.


def pooled(now):
    return UserFactory(pooled=True), UserFactory(pooled=True)


@pytest.mark.parametrize("measure, left", [(WARNING, True), (RESTRICTION, True), (WEEK, False), (BAN, False)])
def test_who_is_kept_out_leaves_the_pool(now, measure, left):
    user, _ = pooled(now)
    taken(user.id, measure, now)
    assert ConnectProfile.objects.get(user=user).is_active == left


@pytest.mark.parametrize("measure", [RESTRICTION, WEEK, BAN], ids=["restriction", "suspension", "ban"])
def test_who_may_not_act_has_no_proposal_waiting(now, measure):
    user, other = pooled(now)
    match = MatchFactory(first=user, second=other)
    taken(user.id, measure, now)
    assert Match.objects.get(id=match.id).status == "closed"


def test_a_warned_person_keeps_their_proposal(now):
    user, other = pooled(now)
    match = MatchFactory(first=user, second=other)
    taken(user.id, WARNING, now)
    assert Match.objects.get(id=match.id).status == "proposed"


def test_nobody_is_proposed_who_is_kept_out_though_they_opted_in_at_the_same_moment(now):
    user, other = pooled(now)
    taken(user.id, WEEK, now)
    ConnectProfile.objects.update(is_active=True)
    assert set(people.eligible(capacity=1).values_list("user_id", flat=True)) == {other.id}


def test_after_a_suspension_one_may_be_proposed_again(now):
    user, other = pooled(now)
    taken(user.id, WEEK, now - 8 * DAY)
    ConnectProfile.objects.update(is_active=True)
    assert set(people.eligible(capacity=1).values_list("user_id", flat=True)) == {user.id, other.id}


def test_the_conversations_of_a_banned_person_end(now):
    talk = ConversationFactory.blind(*pooled(now))
    stays = ConversationFactory.blind(*pooled(now))
    taken(talk.user_a_id, BAN, now)
    assert [conversations.close_banned(now=now) for _ in range(2)] == [1, 0]
    states = dict(Conversation.objects.values_list("id", "close_reason"))
    assert states == {talk.id: "moderation", stays.id: ""}


def test_of_two_banned_people_a_conversation_ends_once(now):
    talk = ConversationFactory.blind(*pooled(now))
    for user_id in (talk.user_a_id, talk.user_b_id):
        taken(user_id, BAN, now)
    conversations.close_banned(now=now)
    assert Conversation.objects.get(id=talk.id).close_reason == "moderation"


@pytest.mark.parametrize("measure", [RESTRICTION, WEEK], ids=["restriction", "suspension"])
def test_those_of_a_suspended_person_stay(now, measure):
    talk = ConversationFactory.blind(*pooled(now))
    taken(talk.user_a_id, measure, now)
    conversations.close_banned(now=now)
    assert Conversation.objects.get(id=talk.id).state == "anonymous"
    assert not Notification.objects.filter(user=talk.user_b_id, type="moderation").exists()
