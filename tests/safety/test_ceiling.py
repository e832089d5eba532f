"""A count that may not rise above what the row's own kind allows: held by PostgreSQL, for every role."""

import pytest
from django.db import IntegrityError, connection, transaction

from connect.enums import CONNECTIONS_BY_TIER, Tier
from connect.models import User
from safety.roles import as_service
from safety.schema import Ceiling
from tests.safety.rows import person

pytestmark = pytest.mark.django_db
(CEILING,) = (c for c in User._meta.constraints if isinstance(c, Ceiling))
tiers = pytest.mark.parametrize(("tier", "limit"), CONNECTIONS_BY_TIER.items())


def put(user, **values):
    with transaction.atomic(), as_service():
        User.objects.filter(id=user.id).update(**values)


def counted(user):
    return User.objects.get(id=user.id).active_connection_count


def test_every_tier_has_a_limit():
    assert set(CEILING.limits) == set(Tier.values)


@tiers
def test_it_rises_to_the_limit(tier, limit):
    user = person(tier=tier)
    put(user, active_connection_count=limit)
    assert counted(user) == limit


@tiers
def test_and_no_further_even_for_the_service(tier, limit):
    user = person(tier=tier, active_connection_count=limit)
    with pytest.raises(IntegrityError, match="above the limit"):
        put(user, active_connection_count=limit + 1)


@tiers
def test_nobody_begins_above_it(tier, limit):
    with pytest.raises(IntegrityError, match="above the limit"), transaction.atomic():
        person(tier=tier, active_connection_count=limit + 1)


def test_nor_is_one_of_many_let_through():
    roomy, full = person(tier=Tier.PRO), person(active_connection_count=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(id__in=[roomy.id, full.id]).update(active_connection_count=2)
    assert (counted(roomy), counted(full)) == (0, 1)


class TestAboveALimitThatFell:
    @pytest.fixture
    def above(self):
        user = person(tier=Tier.PRO, active_connection_count=4)
        put(user, tier=Tier.FREE)
        return user

    def test_what_stands_stays(self, above):
        assert counted(above) == 4

    def test_other_columns_may_be_written(self, above):
        put(above, timezone="Europe/Berlin")
        assert User.objects.get(id=above.id).timezone == "Europe/Berlin"

    def test_the_whole_row_may_be_written(self, above):
        above.refresh_from_db()
        above.save()
        assert counted(above) == 4

    def test_it_may_sink_and_stay_above(self, above):
        put(above, active_connection_count=3)
        assert counted(above) == 3

    def test_it_does_not_rise_again(self, above):
        put(above, active_connection_count=3)
        with pytest.raises(IntegrityError, match="above the limit"):
            put(above, active_connection_count=4)


def test_taken_away_it_refuses_nothing_and_can_be_made_again():
    user = person()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(CEILING.remove_sql(User, None))
        put(user, active_connection_count=2)
        cursor.execute(CEILING.create_sql(User, None))
    with pytest.raises(IntegrityError, match="above the limit"):
        put(user, active_connection_count=3)
