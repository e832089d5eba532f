"""Interests in people who cannot answer any more lapse after a while."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.enums import Purpose, UserStatus
from connect.models import ConnectProfile, User
from connect.services import consents
from matching.enums import InterestStatus
from matching.models import Interest
from matching.personal_data import leave
from matching.services import lapses
from tests.matching.suitors import FRIEND, express, status_of, suitor

pytestmark = pytest.mark.django_db
LONG = settings.INTEREST_LAPSES_AFTER


@pytest.fixture
def two(now):
    me, other = suitor(), suitor()
    express(me, other, now)
    return me, other


def leave_pool(user_id):
    ConnectProfile.objects.filter(user=user_id).update(is_active=False)


@pytest.mark.parametrize(
    "gone",
    [
        leave_pool,
        lambda user_id: User.objects.filter(id=user_id).update(status=UserStatus.DELETION_PENDING),
        lambda user_id: User.objects.filter(id=user_id).update(status=UserStatus.RESTRICTED),
    ],
    ids=["pool", "leaving", "restricted"],
)
def test_it_lapses_when_the_receiver_was_unavailable_for_long(two, now, gone):
    gone(two[1])
    lapses.sweep(now=now)
    lapses.sweep(now=now + LONG)
    assert status_of(*two) == InterestStatus.LAPSED


def test_a_suspension_that_lasts_counts_too(two, now):
    User.objects.filter(id=two[1]).update(suspended_until=now + 2 * LONG)
    lapses.sweep(now=now)
    lapses.sweep(now=now + LONG)
    assert status_of(*two) == InterestStatus.LAPSED


def test_not_before(two, now):
    leave_pool(two[1])
    lapses.sweep(now=now)
    lapses.sweep(now=now + LONG - timedelta(seconds=1))
    assert status_of(*two) == InterestStatus.PENDING


def test_not_of_somebody_who_is_there(two, now):
    assert [lapses.sweep(now=now), lapses.sweep(now=now + LONG)] == [0, 0]
    assert status_of(*two) == InterestStatus.PENDING


def test_whoever_comes_back_starts_anew(two, now):
    leave_pool(two[1])
    lapses.sweep(now=now)
    ConnectProfile.objects.filter(user=two[1]).update(is_active=True)
    lapses.sweep(now=now + LONG / 2)
    leave_pool(two[1])
    lapses.sweep(now=now + LONG)
    assert status_of(*two) == InterestStatus.PENDING


def test_sweeping_twice_is_once(two, now):
    leave_pool(two[1])
    assert [lapses.sweep(now=now), lapses.sweep(now=now)] == [1, 0]


def test_it_takes_as_many_queries_however_many_there_are(now):
    def queries():
        with CaptureQueriesContext(connection) as found:
            lapses.sweep(now=now)
        return len(found)

    for other in (first := [suitor(), suitor()]):
        leave_pool(other)
    express(suitor(), first[0], now)
    one = queries()
    for _ in range(5):
        express(suitor(), first[1], now)
    assert queries() == one


def test_whoever_leaves_for_good_ends_all_of_it(two, now):
    me, other = two
    express(other, me, now, FRIEND)
    leave(other, now)
    assert (status_of(me, other), status_of(other, me)) == (InterestStatus.LAPSED, InterestStatus.WITHDRAWN)


def test_taking_the_consent_back_withdraws_what_one_sent(two, now):
    consents.revoke(user_id=two[0], purpose=Purpose.MATCHING, now=now)
    assert Interest.objects.get().status == InterestStatus.WITHDRAWN
