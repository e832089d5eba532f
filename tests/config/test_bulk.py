"""Many rows in one statement."""

import math

import pytest

from config import bulk
from config.db import new_id
from connect.enums import NotificationType
from connect.models import Notification
from matching.models import Match, PoolEntry
from tests.factories import MatchFactory, UserFactory

pytestmark = pytest.mark.django_db


def told(user, title, **columns):
    return {"id": new_id(), "user_id": user.id, "type": NotificationType.MATCH_PROPOSED, "title": title, **columns}


def test_what_a_row_does_not_name_has_the_models_default_and_the_databases():
    row = told(UserFactory(), "It's {new} \\ \U0001f600")
    assert bulk.insert(Notification, [row]) == {row["id"]}
    stored = Notification.objects.get()
    assert (stored.title, stored.message, stored.read_at) == (row["title"], "", None)
    assert stored.created_at is not None


def test_nothing_to_store_is_no_error():
    assert bulk.insert(Notification, []) == set()


def test_more_rows_than_one_statement_takes_are_all_stored(monkeypatch):
    monkeypatch.setattr(bulk, "ROWS", 2)
    user = UserFactory()
    rows = [told(user, f"{n}") for n in range(5)]
    assert bulk.insert(Notification, rows) == {row["id"] for row in rows}
    assert Notification.objects.count() == 5


def test_a_row_that_a_constraint_turns_down_is_passed_over():
    standing = MatchFactory()
    common = {"engine_version": "v", "weight_profile": "v", "total_score": 50.25, "expires_at": standing.expires_at}
    again = {"id": new_id(), "user_a_id": standing.user_a_id, "user_b_id": standing.user_b_id, **common}
    a, b = sorted((UserFactory().id, UserFactory().id))
    other = {"id": new_id(), "user_a_id": a, "user_b_id": b, **common}
    assert bulk.insert(Match, [again, other]) == {other["id"]}
    assert str(Match.objects.get(id=other["id"]).total_score) == "50.25"


def test_a_row_that_stands_already_takes_the_new_values_and_keeps_its_key():
    standing = PoolEntry.objects.create(user=UserFactory(), max_km=5)
    rows = [{"id": new_id(), "user_id": user, "max_km": 7.5} for user in (standing.user_id, UserFactory().id)]
    assert bulk.upsert(PoolEntry, rows, by=["user_id"]) == {standing.id, rows[1]["id"]}
    assert set(PoolEntry.objects.values_list("id", "max_km")) == {(standing.id, 7.5), (rows[1]["id"], 7.5)}


@pytest.mark.parametrize("number", [math.inf, 12.5])
def test_a_number_without_end_is_stored_as_such(number):
    row = {"id": new_id(), "user_id": UserFactory().id, "max_km": number}
    bulk.insert(PoolEntry, [row])
    assert PoolEntry.objects.get().max_km == number
