"""Leaving, and coming back in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from connect import tokens
from connect.enums import UserStatus
from connect.models import AccountDeletion, ConnectProfile, DeviceSession, OutgoingMail, User
from connect.services import deletions, erasures
from matching.enums import MatchStatus
from matching.models import Match
from safety.models import AuditLog
from safety.roles import as_service
from tests.connect.overlap import overlap
from tests.factories import PASSWORD, DeviceSessionFactory, MatchFactory, UserFactory
from tests.safety.cases import RESTRICTION, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory.with_password(pooled=True)


@pytest.fixture
def leaving(user, api):
    """Somebody who has asked to be deleted, with the client they did it by."""
    client = api(user)
    assert client.delete("/api/account").status_code == 202
    user.refresh_from_db()
    return client


def code(reply):
    return reply.status_code, reply.json()["code"]


# Asking.


def test_it_is_a_week_away(user, api, now):
    reply = api(user).delete("/api/account")
    pending = AccountDeletion.objects.get(user=user)
    assert (reply.status_code, reply.json()["status"]) == (202, "deletion_pending")
    assert timedelta(days=7) <= pending.due_at - now < timedelta(days=7, minutes=1)
    assert User.objects.get(id=user.id).status == UserStatus.DELETION_PENDING


def test_whoever_leaves_leaves_the_pool(leaving, user):
    assert not ConnectProfile.objects.get(user=user).is_active


def test_open_proposals_close(user, api):
    match = MatchFactory(first=user, second=UserFactory())
    api(user).delete("/api/account")
    assert Match.objects.get(id=match.id).status == MatchStatus.CLOSED


def test_every_other_session_ends(user, api):
    other = DeviceSessionFactory(user=user)
    client = api(user)
    client.delete("/api/account")
    assert [s.id == other.id for s in DeviceSession.objects.filter(user=user).exclude(revoked_at=None)] == [True]
    assert client.get("/api/auth/sessions").status_code == 200


def test_nobody_elses_session_does(user, api):
    other = DeviceSessionFactory()
    api(user).delete("/api/account")
    assert DeviceSession.objects.get(id=other.id).revoked_at is None


def test_a_mail_says_so(leaving, user):
    mail = OutgoingMail.objects.get(to=user.email)
    assert f"{AccountDeletion.objects.get().due_at:%d %B %Y}" in mail.body


def test_somebody_without_an_address_gets_no_mail(api):
    user = UserFactory(email=None, phone="+4915112345678")
    assert api(user).delete("/api/account").status_code == 202
    assert not OutgoingMail.objects.exists()


def test_asking_again_changes_nothing(leaving, user):
    before = AccountDeletion.objects.get()
    again = leaving.delete("/api/account")
    assert (again.status_code, AccountDeletion.objects.get().due_at) == (202, before.due_at)
    assert OutgoingMail.objects.count() == 1


def test_under_a_key_the_same_reply_comes_back(user, api):
    client = api(user)
    first, second = (client.delete("/api/account", key="one") for _ in range(2))
    assert first.json() == second.json()


def test_a_session_that_is_old_has_to_sign_in_again(user, api, now):
    client = api(user)
    DeviceSession.objects.filter(user=user).update(created_at=now - timedelta(minutes=11))
    assert code(client.delete("/api/account")) == (403, "sign_in_again")
    assert (User.objects.get(id=user.id).status, AccountDeletion.objects.count()) == (UserStatus.ACTIVE, 0)
    assert ConnectProfile.objects.get(user=user).is_active


def test_after_signing_in_it_goes_on(user, api):
    signed_in = api().post("/api/auth/login", {"email": user.email, "password": PASSWORD}).json()
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in['access']}")
    assert client.delete("/api/account").status_code == 202


def test_staff_give_their_role_back_first(api):
    assert code(api(UserFactory(staff=True)).delete("/api/account")) == (403, "staff_account")


def test_a_restricted_person_may_leave(api):
    user = UserFactory()
    User.objects.filter(id=user.id).update(status=UserStatus.RESTRICTED)
    assert api(user).delete("/api/account").status_code == 202


def test_nobody_signed_in_may_not(api):
    assert api().delete("/api/account").status_code == 401


def test_it_is_on_record(leaving, user):
    assert AuditLog.objects.filter(action="deletion_requested", actor_id=user.id).count() == 1


# Meanwhile.


@pytest.mark.parametrize("path", ["/api/profile", "/connect/status", "/api/conversations", "/api/notifications"])
def test_the_rest_is_closed(leaving, path):
    assert code(leaving.get(path)) == (403, "deletion_pending")


@pytest.mark.parametrize("path, status", [("/api/account/export", 404), ("/api/auth/sessions", 200)])
def test_what_stays_open(leaving, path, status):
    assert leaving.get(path).status_code == status


def test_an_export_may_be_asked_for(leaving):
    assert leaving.post("/api/account/export").status_code == 202


def test_a_restricted_person_is_told_that_they_are_restricted(api):
    user = UserFactory()
    User.objects.filter(id=user.id).update(status=UserStatus.RESTRICTED)
    assert code(api(user).get("/api/profile")) == (403, "account_restricted")


def test_the_access_token_of_an_ended_session_is_of_no_use(user, api):
    other = DeviceSessionFactory(user=user)
    api(user).delete("/api/account")
    client = api()
    token = tokens.access_token(user_id=user.id, session_id=other.id, now=timezone.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.post("/api/account/restore").status_code == 401


# Coming back.


@pytest.mark.parametrize("before", [UserStatus.ACTIVE, UserStatus.RESTRICTED])
def test_the_account_is_what_it_was(api, before):
    user = UserFactory()
    if before == UserStatus.RESTRICTED:
        taken(user.id, RESTRICTION)
    client = api(user)
    client.delete("/api/account")
    reply = client.post("/api/account/restore")
    assert (reply.status_code, reply.json()) == (200, {"status": before})
    assert (User.objects.get(id=user.id).status, AccountDeletion.objects.count()) == (before, 0)


def test_but_not_in_the_pool(leaving, user):
    leaving.post("/api/account/restore")
    assert not ConnectProfile.objects.get(user=user).is_active


def test_signing_in_is_the_way_back(leaving, user, api):
    signed_in = api().post("/api/auth/login", {"email": user.email, "password": PASSWORD})
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in.json()['access']}")
    assert client.post("/api/account/restore").status_code == 200


def test_who_does_not_leave_has_nothing_to_restore(user, api):
    assert code(api(user).post("/api/account/restore")) == (409, "not_leaving")


def test_restoring_twice_is_refused_the_second_time(leaving):
    leaving.post("/api/account/restore")
    assert code(leaving.post("/api/account/restore")) == (409, "not_leaving")


def test_after_a_week_it_is_too_late(leaving, user):
    AccountDeletion.objects.update(due_at=timezone.now())
    assert code(leaving.post("/api/account/restore")) == (409, "deletion_due")
    assert User.objects.get(id=user.id).status == UserStatus.DELETION_PENDING


def test_an_erasure_that_has_begun_is_not_stopped(leaving):
    AccountDeletion.objects.update(claimed_until=timezone.now())
    assert code(leaving.post("/api/account/restore")) == (409, "deletion_due")


def test_who_was_restored_is_not_erased(leaving, user):
    leaving.post("/api/account/restore")
    assert erasures.erase_due(now=timezone.now() + timedelta(days=8)) == 0
    assert User.objects.filter(id=user.id).exists()


# At the same time.


@pytest.fixture
def committed():
    """An account that other connections see too; it is gone after the test."""
    user = UserFactory()
    DeviceSessionFactory(user=user)
    yield user


def leave(user):
    session = DeviceSession.objects.get(user=user)
    return lambda: deletions.request(user_id=user.id, session_id=session.id, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_asked_for_twice_at_once_it_is_one_deletion(committed):
    overlap(leave(committed), leave(committed))
    assert (AccountDeletion.objects.count(), OutgoingMail.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_restore_under_way_is_not_overtaken_by_the_erasure(committed):
    with transaction.atomic():
        leave(committed)()
    due_at = AccountDeletion.objects.get().due_at
    with transaction.atomic(), as_service():
        deletions.restore(user_id=committed.id, now=timezone.now())
        assert in_another_connection(lambda: erasures.erase_due(now=due_at)) == 0
    assert User.objects.get(id=committed.id).status == UserStatus.ACTIVE


def in_another_connection(work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_erase_an_account_once(committed, own_files):
    with transaction.atomic():
        leave(committed)()
    due_at = AccountDeletion.objects.get().due_at
    AccountDeletion.objects.update(due_at=timezone.now())
    with transaction.atomic(), as_service():
        AccountDeletion.objects.select_for_update().get()
        assert in_another_connection(lambda: erasures.erase_due(now=due_at)) == 0
    assert erasures.erase_due(now=due_at) == 1
    assert not User.objects.filter(id=committed.id).exists()
