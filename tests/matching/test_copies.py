"""Rows by COPY: what the database has is what the array has, or it is refused."""

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.db import new_id
from connect.models import Profile, User
from matching.services import copies
from tests.factories import UserFactory
from tests.matching.builders import person

pytestmark = pytest.mark.django_db

ID = {"id": ("id", copies.UUID_BYTES)}
BORN = {"born": ("birth_date", copies.DAYS)}


def test_values_come_as_they_are(now):
    person(now, chart=False, birth_date=date(2000, 1, 11))
    found = copies.rows(Profile.objects.all(), BORN | {"user": ("user_id", copies.UUID_BYTES)})
    assert found["born"].tolist() == [10]
    assert copies.uuids(found["user"]) == list(User.objects.values_list("id", flat=True))


def test_ids_that_end_in_zeros_stay_whole():
    ends = UUID(int=new_id().int >> 16 << 16)
    UserFactory(id=ends)
    assert copies.uuids(copies.rows(User.objects.all(), ID)["id"]) == [ends]


def test_the_order_of_the_query_is_kept():
    ids = sorted((UserFactory().id for _ in range(5)), reverse=True)
    assert copies.uuids(copies.rows(User.objects.order_by("-id"), ID)["id"]) == ids


def test_no_rows_are_no_rows():
    assert len(copies.rows(User.objects.all(), ID)) == 0


def test_a_query_that_can_find_nothing_finds_nothing():
    assert len(copies.rows(User.objects.none(), ID)) == 0


def test_a_value_that_is_null_is_refused(now):
    person(now, chart=False, birth_date=None)
    with pytest.raises(ValueError, match="not of one width"):
        copies.rows(Profile.objects.all(), BORN)


def test_a_short_value_that_a_long_one_makes_up_for_is_refused():
    for email in ("an@example.org", "anna@example.org"):
        UserFactory(email=email)
    with pytest.raises(ValueError, match="not of 15 bytes"):
        copies.rows(User.objects.order_by("email"), {"email": ("email", "S15")})


def test_another_type_is_refused(now):
    person(now, chart=False)
    with pytest.raises(ValueError, match="not of"):
        copies.rows(Profile.objects.all(), {"born": ("birth_date", copies.BIG)})


def test_what_is_asked_for_cannot_break_out(now):
    UserFactory(email="percent%s'quote@example.org")
    asked = User.objects.filter(email="percent%s'quote@example.org")
    assert len(copies.rows(asked, ID)) == 1
    assert len(copies.rows(User.objects.filter(email="x' OR true --"), ID)) == 0


def test_it_is_counted_as_a_query():
    with CaptureQueriesContext(connection) as found:
        copies.rows(User.objects.all(), ID)
    assert len(found) == 1
