"""Points: once for each thing, so many a day at most, and never changed."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connect.models import AccountDeletion, User
from matching.signals import reflection_given
from streaks.enums import XpSource
from streaks.models import XpEntry
from streaks.services import xp
from tests.factories import UserFactory
from tests.streaks.builders import FORMED, at, both, check_in, streak
from tests.streaks.test_rituals import NOON, answer, keep

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return UserFactory(timezone="Europe/Berlin")


def award(user, delta=10, ref=None, now=NOON, source=XpSource.REFLECTION):
    with transaction.atomic():
        return xp.award(user_id=user.id, delta=delta, source_type=source, source_ref_id=ref or uuid4(), now=now)


def entries(source):
    return XpEntry.objects.filter(source_type=source)


# The ledger.


def test_one_thing_counts_once(me):
    ref = uuid4()
    assert (award(me, ref=ref).xp_delta, award(me, ref=ref)) == (10, None)
    assert award(me, ref=ref, source=XpSource.STARTER)
    assert xp.balance(me.id) == 20


def test_a_day_brings_so_much_and_no_more(me):
    assert [made and made.xp_delta for made in (award(me, 60), award(me, 60), award(me, 60))] == [60, 40, None]


def test_the_next_day_begins_at_the_midnight_of_the_person(me):
    award(me, 100, now=datetime(2026, 3, 2, 22, 59, tzinfo=UTC))
    assert award(me, now=datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)) is None
    assert award(me, now=datetime(2026, 3, 2, 23, tzinfo=UTC))


def test_who_is_gone_gets_nothing():
    assert award(SimpleNamespace(id=uuid4())) is None


def test_the_database_refuses_a_second_for_one_thing(me):
    made = award(me)
    with pytest.raises(DatabaseError, match="xp_once"), transaction.atomic():
        XpEntry.objects.create(
            user=me,
            xp_delta=1,
            source_type=made.source_type,
            source_ref_id=made.source_ref_id,
            awarded_at=NOON,
        )


# What brings them.


def test_an_answer_and_an_intent_bring_some_once(me):
    for _ in range(2):
        answer(me)
        keep(me)
    assert list(XpEntry.objects.order_by("id").values_list("source_type", "xp_delta")) == [
        ("daily_answer", 10),
        ("weekly_intent", 15),
    ]


def test_a_connection_does_for_both():
    made = streak()
    earned = entries("connection").values_list("user_id", "xp_delta", "source_ref_id", "awarded_at")
    assert set(earned) == {(who, 25, made.connection_id, FORMED) for who in (made.user_low_id, made.user_high_id)}


def test_a_day_of_both_does_and_a_day_of_one_does_not():
    made = streak()
    both(made, 1)
    check_in(made, "low", at(2))
    assert set(entries("mutual_day").values_list("user_id", "xp_delta")) == {
        (made.user_low_id, 10),
        (made.user_high_id, 10),
    }
    check_in(made, "high", at(2))
    assert entries("mutual_day").count() == 4


def test_what_is_told_of_a_meeting_does_once(me):
    reflection = SimpleNamespace(id=uuid4(), user_id=me.id)
    for _ in range(2):
        with transaction.atomic():
            reflection_given.send(sender=None, reflection=reflection, now=NOON)
    assert list(entries("reflection").values_list("user_id", "xp_delta")) == [(me.id, 15)]


# Over HTTP.


def test_one_sees_the_balance_of_all_over_a_page_of_some(me, api):
    for _ in range(3):
        award(me)
    award(UserFactory())
    page = api(me).get("/api/xp", {"limit": 2}).json()
    assert (page["balance"], len(page["results"]), page["results"][0]["xp_delta"]) == (30, 2, 10)
    rest = api(me).get(page["next"]).json()
    assert (rest["balance"], len(rest["results"]), rest["next"]) == (30, 1, None)


def test_its_queries_do_not_grow(me, api):
    client = api(me)

    def queries():
        with CaptureQueriesContext(connection) as made:
            assert client.get("/api/xp").status_code == 200
        return len(made)

    award(me)
    queries()
    one = queries()
    for _ in range(4):
        award(me)
    assert queries() == one


# Leaving.


def forget(user_id):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT streaks_forget_xp(%s)", [user_id])
        return cursor.fetchone()[0]


def test_the_ledger_of_who_left_goes_and_no_others(me):
    award(me)
    award(other := UserFactory())
    User.objects.filter(id=me.id).update(status="deletion_pending")
    AccountDeletion.objects.create(user=me, due_at=timezone.now() - timedelta(seconds=1))
    assert forget(me.id) == 1
    assert list(XpEntry.objects.values_list("user_id", flat=True)) == [other.id]


def test_that_of_who_stays_does_not(me):
    award(me)
    with pytest.raises(DatabaseError, match="not due to be erased"):
        forget(me.id)
    assert XpEntry.objects.count() == 1
