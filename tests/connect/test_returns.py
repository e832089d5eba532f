"""Who is kept out and comes back under another account is kept out there too, told why, and heard."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.enums import Provider
from connect.models import AccountDeletion, AuthIdentity, Notification, OutgoingMail, User
from connect.services import erasures
from safety.enums import FOREVER, ActionKind
from safety.models import AuditLog, ModerationAction, StandingIdentity
from safety.roles import as_service
from safety.services import actions, appeals, cases, recognition, retention
from tests.connect.overlap import overlap
from tests.connect.test_recognition import EMAIL, PHONE, number, register
from tests.connect.test_registrations import confirm, signed_up
from tests.factories import UserFactory
from tests.safety.cases import BAN, RESTRICTION, WARNING, WEEK, filed, moderator, taken

REASONS = "You insulted somebody."


def erase(user: User, now: Any = None) -> None:
    User.objects.filter(id=user.id).update(status="deletion_pending")
    due = (now or timezone.now()) - timedelta(seconds=1)
    AccountDeletion.objects.update_or_create(user=user, defaults={"due_at": due, "claimed_until": None})
    erasures.erase_due(now=now or timezone.now())


def again(api: Any, email: str = EMAIL) -> User:
    user = register(api, email)
    user.refresh_from_db()
    return user


def gone(measure: Any, now: Any, **fields: Any) -> ModerationAction:
    """An action against somebody who was erased then."""
    user = UserFactory(**{"email": EMAIL, **fields})
    action = taken(user.id, measure, now)
    erase(user)
    return action


@pytest.mark.parametrize(
    "before, after",
    [(EMAIL, EMAIL), (EMAIL, "ben.blocked+new@maitribe.example"), ("b.en@gmail.com", "be.n@googlemail.com")],
    ids=["same", "tag", "dots"],
)
def test_a_ban_stands_again_for_who_signs_up_again(api, db, now, before, after):
    gone(BAN, now, email=before)
    assert again(api, after).suspended_until == FOREVER


def test_somebody_else_comes_in(api, db, now):
    gone(BAN, now)
    user = again(api, "else@maitribe.example")
    assert (user.suspended_until, ModerationAction.objects.against(user.id).count()) == (None, 0)


def test_a_suspension_stands_again_until_its_day(api, db, now):
    until = gone(WEEK, now).expires_at
    assert again(api).suspended_until == until


def test_one_that_is_over_does_not(api, db, now):
    gone(WEEK, now - timedelta(days=8))
    assert again(api).suspended_until is None


def test_a_restriction_stands_again(api, db, now):
    gone(RESTRICTION, now)
    assert again(api).status == "restricted"


def test_a_warning_does_not(api, db, now):
    gone(WARNING, now)
    assert not ModerationAction.objects.against(again(api).id).exists()
    assert not StandingIdentity.objects.exists()


def test_a_second_account_beside_the_first_is_kept_out_too(api, db, now):
    taken(register(api, "ben@gmail.com").id, BAN, now)
    assert again(api, "b.e.n@gmail.com").suspended_until == FOREVER


def test_a_number_recognises_whoever_confirms_it(api, db, now):
    gone(BAN, now, email="first@maitribe.example", phone=PHONE)
    user = again(api)
    assert user.suspended_until is None
    number(user, PHONE, now)
    user.refresh_from_db()
    assert user.suspended_until == FOREVER


def provided(user: User, subject: str, provider: Provider = Provider.APPLE) -> None:
    AuthIdentity.objects.create(user=user, provider=provider, provider_subject=subject)
    with transaction.atomic():
        recognition.recognise(user_id=user.id, now=timezone.now())


@pytest.mark.parametrize(
    "provider, subject, kept_out",
    [(Provider.APPLE, "001", True), (Provider.GOOGLE, "001", False), (Provider.APPLE, "002", False)],
    ids=["the same", "of another provider", "another"],
)
def test_a_provider_recognises_whom_it_names(db, now, provider, subject, kept_out):
    first = UserFactory()
    provided(first, "001")
    taken(first.id, BAN, now)
    erase(first)
    second = UserFactory()
    provided(second, subject, provider)
    second.refresh_from_db()
    assert (second.suspended_until == FOREVER) is kept_out


def test_what_they_bring_along_leads_on_to_the_next_account(api, db, now):
    gone(BAN, now)
    second = again(api)
    number(second, PHONE, now)
    erase(second)
    third = again(api, "third@maitribe.example")
    number(third, PHONE, now)
    third.refresh_from_db()
    assert third.suspended_until == FOREVER


def test_staff_have_nothing_carried_over(db, now):
    gone(BAN, now, phone=PHONE)
    boss = UserFactory(is_staff=True)
    number(boss, PHONE, now)
    assert not ModerationAction.objects.against(boss.id).exists()


def test_recognised_twice_it_stands_once(api, db, now):
    gone(BAN, now)
    user = again(api)
    recognition.recognise(user_id=user.id, now=now)
    assert ModerationAction.objects.against(user.id).count() == 1
    assert AuditLog.objects.filter(action="action_carried_over").count() == 1


# What the person sees.


def test_signing_up_tells_nobody_and_does_the_same_work(api, db, now):
    gone(BAN, now)
    counts, answers = [], []
    for email in (EMAIL, "new@maitribe.example"):
        with CaptureQueriesContext(connection) as queries:
            reply = api().post(
                "/api/auth/register", {"email": email, "password": "correct horse battery"}, format="json"
            )
        counts.append(len(queries))
        answers.append((reply.status_code, set(reply.json())))
    assert counts[0] == counts[1]
    assert answers == [(202, {"ok", "registration_id"})] * 2


def test_confirming_opens_the_account_and_the_account_says_why(api, db, now):
    action = gone(BAN, now)
    user = again(api)
    client = api(user)
    refused = client.get("/connect/status")
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
    (told,) = client.get("/api/moderation_actions").json()["results"]
    assert (told["kind"], told["statement_of_reasons"], told["carried_over"]) == ("ban", REASONS, True)
    assert (told["in_force"], told["appealable"], told["id"] == str(action.id)) == (True, True, False)


def test_an_action_of_ones_own_is_not_carried_over(api, db, now):
    user = UserFactory()
    taken(user.id, BAN, now)
    (told,) = api(user).get("/api/moderation_actions").json()["results"]
    assert told["carried_over"] is False


def test_they_are_told_by_mail_with_the_reasons(api, db, now):
    gone(BAN, now)
    user = again(api)
    (letter,) = OutgoingMail.objects.filter(to=user.email, body__contains=REASONS)
    assert "another account" in letter.body
    assert Notification.objects.filter(user=user).count() == 1


# What ends it.


def test_taken_back_it_ends_everywhere(api, db, now):
    action = gone(BAN, now)
    user = again(api)
    with transaction.atomic():
        actions.revoke(action=action.id, by=moderator(), reason="It was another.", now=now)
    user.refresh_from_db()
    assert user.suspended_until is None
    assert not StandingIdentity.objects.exists()
    assert again(api, "ben.blocked+third@maitribe.example").suspended_until is None


def overturned(api: Any, user: User, now: Any) -> None:
    (action,) = ModerationAction.objects.against(user.id)
    reply = api(user).post("/api/appeals", {"action_id": str(action.id), "text": "That was not me."}, format="json")
    with transaction.atomic():
        appeals.decide(appeal=reply.json()["id"], by=moderator(), overturn=True, decision="Another person.", now=now)


def test_whoever_is_heard_on_appeal_is_free_for_good(api, db, now):
    action = gone(BAN, now, phone=PHONE)
    user = again(api)
    overturned(api, user, now)
    user.refresh_from_db()
    assert user.suspended_until is None
    erase(user)
    assert again(api).suspended_until is None
    action.refresh_from_db()
    assert action.revoked_at is None


def test_the_other_is_still_recognised_by_the_rest(api, db, now):
    gone(BAN, now, phone=PHONE)
    overturned(api, again(api), now)
    second = UserFactory()
    number(second, PHONE, now)
    second.refresh_from_db()
    assert second.suspended_until == FOREVER


def test_past_its_end_nothing_is_left_to_recognise_by(api, db, now):
    gone(WEEK, now)
    told = Notification.objects.count()
    actions.lapse_due(now=now + timedelta(days=8))
    assert not StandingIdentity.objects.exists()
    assert Notification.objects.count() == told


def test_three_years_after_they_left_it_is_forgotten(api, db, now):
    gone(BAN, now)
    retention.apply(now=now + timedelta(days=3 * 365 - 1))
    assert (StandingIdentity.objects.count(), ModerationAction.objects.count()) == (1, 1)
    retention.apply(now=now + timedelta(days=3 * 365 + 1))
    assert (StandingIdentity.objects.count(), ModerationAction.objects.count()) == (0, 0)


def test_one_that_stands_against_somebody_here_is_not(api, db, now):
    taken(UserFactory(email=EMAIL).id, BAN, now)
    retention.apply(now=now + timedelta(days=3 * 365 + 1))
    assert (StandingIdentity.objects.count(), ModerationAction.objects.count()) == (1, 1)


# What is kept.


def test_only_hashes_and_the_reasons_are_kept(api, db, now):
    user = UserFactory(email=EMAIL)
    action = taken(user.id, BAN, now)
    erase(user)
    (kept,) = StandingIdentity.objects.all()
    action.refresh_from_db()
    assert (len(kept.digest), "ben" in kept.digest, kept.user_id == user.id) == (64, False, False)
    assert (action.statement_of_reasons, action.against_id) == (REASONS, kept.user_id)


def test_the_reasons_of_what_is_over_are_not(api, db, now):
    action = gone(WEEK, now - timedelta(days=8))
    action.refresh_from_db()
    assert action.statement_of_reasons == "(erased)"


def test_nothing_is_kept_of_who_left_with_nothing_against_them(db, now):
    erase(UserFactory(email=EMAIL))
    assert not StandingIdentity.objects.exists()


# An open case.


@pytest.fixture
def case(db: None, now: Any) -> Any:
    """A report that waits for its decision, against somebody who was erased."""
    user = UserFactory(email=EMAIL)
    report = filed(against=user.id, now=now)
    erase(user)
    return report


def decide(case: Any, measure: Any, now: Any) -> None:
    with transaction.atomic(), as_service():
        if measure:
            reason = {"reason_code": case.reason_code, "statement": REASONS}
            cases.act(report=case.id, by=moderator(), measure=measure, now=now, **reason)
        else:
            cases.dismiss(report=case.id, by=moderator(), statement="Nothing of it.", now=now)


def test_while_it_is_open_nobody_is_kept_out(api, case):
    assert again(api).suspended_until is None


def test_a_ban_it_ends_in_reaches_who_came_back_before(api, case, now):
    user = again(api)
    decide(case, BAN, now)
    user.refresh_from_db()
    assert user.suspended_until == FOREVER


def test_a_ban_it_ends_in_reaches_who_comes_back_after(api, case, now):
    decide(case, BAN, now)
    AccountDeletion.objects.update(due_at=now, claimed_until=None)
    erasures.erase_due(now=timezone.now())
    assert again(api).suspended_until == FOREVER


def test_dismissed_it_leaves_nothing(api, case, now):
    user = again(api)
    decide(case, None, now)
    user.refresh_from_db()
    assert (user.suspended_until, StandingIdentity.objects.count()) == (None, 0)


def test_confirming_takes_the_same_queries_whether_a_case_is_open_or_not(api, case, now):
    counts = []
    for email in (EMAIL, "new@maitribe.example"):
        registration = signed_up(api(), email=email)
        with CaptureQueriesContext(connection) as queries:
            confirm(api(), *registration)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Together.


@pytest.mark.django_db(transaction=True)
def test_taken_back_while_somebody_signs_up_it_does_not_stand(now):
    action = gone(BAN, now)
    user, staff = UserFactory(email=EMAIL), moderator()
    overlap(
        lambda: actions.revoke(action=action.id, by=staff, reason="It was another.", now=now),
        lambda: recognition.recognise(user_id=user.id, now=now),
    )
    assert not ModerationAction.objects.live(now).filter(against=user).exists()


@pytest.mark.django_db(transaction=True)
def test_taken_back_just_after_somebody_signed_up_it_ends_there_too(now):
    action = gone(BAN, now)
    user, staff = UserFactory(email=EMAIL), moderator()
    overlap(
        lambda: recognition.recognise(user_id=user.id, now=now),
        lambda: actions.revoke(action=action.id, by=staff, reason="It was another.", now=now),
    )
    assert ModerationAction.objects.filter(against=user, kind=ActionKind.BAN).exists()
    assert not ModerationAction.objects.live(now).filter(against=user).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["decided", "signed up"])
def test_a_case_decided_while_somebody_signs_up_reaches_them(now, first):
    user = UserFactory(email=EMAIL)
    report = filed(against=user.id, now=now)
    erase(user)
    second, staff = UserFactory(email=EMAIL), moderator()
    works = [
        lambda: actions.take(
            against=report.reported_id,
            by=staff,
            measure=BAN,
            reason_code=report.reason_code,
            statement=REASONS,
            now=now,
        ),
        lambda: recognition.recognise(user_id=second.id, now=now),
    ]
    overlap(*(works if first == "decided" else reversed(works)))
    second.refresh_from_db()
    assert second.suspended_until == FOREVER
