"""Interests: said, answered, wiped, withdrawn; what they tell and what they do not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.errors import CapacityReached, Invalid, NotYours, WrongState
from connect.enums import NotificationType, Tier, UserStatus
from connect.models import ConnectProfile, Notification, User
from matching.enums import CONNECTION_TRANSITIONS, ConnectionStatus, InterestStatus, MatchStatus
from matching.models import Connection, Interest, InterestWipe
from matching.services import capacity, connections, interests, meetings
from matching.signals import connection_formed
from safety.enums import BlockSource
from safety.models import AuditLog
from safety.services import blocks
from tests.matching.builders import heard, match_of
from tests.matching.suitors import (
    FRIEND,
    PARTNER,
    check_counts,
    connected,
    count_of,
    couple,
    express,
    pending,
    sent,
    status_of,
    suitor,
    wiped,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return suitor()


@pytest.fixture
def other():
    return suitor()


def test_an_interest_waits(me, other, now):
    assert express(me, other, now).status == InterestStatus.PENDING
    assert connected() == set()


def test_saying_it_twice_is_once(me, other, now):
    assert express(me, other, now).id == express(me, other, now).id
    assert Interest.objects.count() == 1


def test_mutual_interest_connects(me, other, now):
    express(me, other, now)
    with heard(connection_formed) as formed:
        answered = express(other, me, now)
    assert answered.status == status_of(me, other) == InterestStatus.MUTUAL
    assert connected() == {frozenset((me, other))}
    assert len(formed) == 1


def test_the_connection_is_bound_to_its_server(me, other, now):
    assert (couple(me, other, now, FRIEND).server, Connection.objects.get().origin) == (FRIEND, "discovery")


def test_saying_it_again_to_whom_one_is_connected_with_changes_nothing(me, other, now):
    couple(me, other, now)
    assert express(me, other, now).status == InterestStatus.MUTUAL
    assert Interest.objects.count() == 2


def test_interests_meet_within_one_server_only(now):
    me, other = suitor(Tier.PRO), suitor(Tier.PRO)
    express(me, other, now, PARTNER)
    assert express(other, me, now, FRIEND).status == InterestStatus.PENDING
    assert connected() == set()


def test_what_two_have_besides_in_other_servers_ends_when_they_connect(now):
    me, other = suitor(Tier.PRO), suitor(Tier.PRO)
    express(me, other, now, FRIEND)
    couple(me, other, now, PARTNER)
    assert Interest.objects.get(server=FRIEND).status == InterestStatus.WITHDRAWN


def test_nobody_is_interested_in_themselves(me, now):
    with pytest.raises(Invalid) as refused:
        express(me, me, now)
    assert refused.value.code == "own_interest"


def test_the_database_refuses_an_interest_in_oneself(me):
    with pytest.raises(IntegrityError, match="interest_in_another"), transaction.atomic():
        Interest.objects.create(sender_id=me, receiver_id=me, server=PARTNER)


def test_who_is_gone_is_not_found(me, other, now):
    User.objects.filter(id=other).delete()
    with pytest.raises(NotYours):
        express(me, other, now)


def test_both_are_told_that_it_is_mutual_and_not_with_whom(me, other, now):
    connection_id = couple(me, other, now).id
    notes = Notification.objects.filter(type=NotificationType.MUTUAL_MATCH, related_id=connection_id)
    assert {note.user_id for note in notes} == {me, other}
    assert not any("Nick" in note.title + note.message for note in notes)


class TestCapacity:
    def test_a_connection_takes_a_place_of_both(self, me, other, now):
        couple(me, other, now)
        assert (count_of(me), count_of(other)) == (1, 1)

    @pytest.mark.parametrize(("tier", "limit"), [(Tier.FREE, 1), (Tier.PLUS, 2), (Tier.PRO, 4)])
    def test_each_tier_has_its_limit(self, now, tier, limit):
        me = suitor(tier)
        for _ in range(limit):
            couple(me, suitor(), now)
        with pytest.raises(CapacityReached) as refused:
            express(me, suitor(), now)
        assert refused.value.details == {"limit": limit}

    def test_the_last_place_is_given_once(self, me, now):
        first, second = suitor(), suitor()
        express(first, me, now)
        express(second, me, now)
        express(me, first, now)
        assert connected() == {frozenset((me, first))}
        assert status_of(second, me) == InterestStatus.PENDING

    def test_interest_in_somebody_full_looks_like_any_other(self, me, other, now):
        couple(other, suitor(), now)
        assert express(me, other, now).status == InterestStatus.PENDING

    @pytest.mark.parametrize("tier", Tier.values)
    def test_the_database_refuses_a_rise_above_the_limit(self, tier):
        me = suitor(tier)
        limit = capacity.LIMITS[Tier(tier)]
        User.objects.filter(id=me).update(active_connection_count=limit)
        with pytest.raises(IntegrityError, match="above the limit"), transaction.atomic():
            User.objects.filter(id=me).update(active_connection_count=limit + 1)

    def test_the_database_refuses_somebody_new_above_the_limit(self):
        with pytest.raises(IntegrityError, match="above the limit"), transaction.atomic():
            suitor(active_connection_count=2)

    def test_a_lower_tier_leaves_what_stands(self, now):
        me = suitor(Tier.PLUS)
        couple(me, suitor(), now)
        couple(me, suitor(), now)
        User.objects.filter(id=me).update(tier=Tier.FREE)
        User.objects.filter(id=me).update(active_connection_count=1)
        assert count_of(me) == 1

    def test_forming_past_the_limit_is_refused_without_saying_whose(self, me, other, now):
        couple(other, suitor(), now)
        with pytest.raises(CapacityReached) as refused, transaction.atomic():
            connections.form(first=me, second=other, origin="discovery", server=PARTNER, now=now)
        assert refused.value.details == {}

    @pytest.mark.parametrize("way", ["terminated", "blocked"])
    def test_an_end_gives_both_their_place_back(self, me, other, now, way):
        standing = couple(me, other, now)
        if way == "terminated":
            connections.terminate(connection_id=standing.id, by=me, now=now)
        else:
            blocks.block(by=me, other=other, source=BlockSource.MANUAL, now=now)
        assert (count_of(me), count_of(other)) == (0, 0)
        check_counts()

    def test_an_archived_one_keeps_its_places(self, me, other, now):
        connections.archive(connection_id=couple(me, other, now).id, by=me, now=now)
        assert (count_of(me), count_of(other)) == (1, 1)
        check_counts()

    def test_connections_of_other_origins_take_none(self, me, other, now):
        connections.form(first=me, second=other, origin="live", now=now)
        assert count_of(me) == 0
        check_counts()

    def test_a_count_that_is_wrong_is_found(self, me):
        User.objects.filter(id=me).update(active_connection_count=1)
        assert [user.id for user in capacity.drifted()] == [me]


class TestTotalWipe:
    def test_the_last_place_wipes_what_else_one_sent(self, me, other, now):
        third, fourth = suitor(), suitor()
        express(me, third, now)
        express(me, fourth, now, FRIEND)
        couple(me, other, now)
        assert dict(sent(me)) == {third: "wiped", fourth: "wiped", other: "mutual"}
        assert wiped()[me] == 2

    def test_each_side_that_is_filled_is_wiped(self, me, other, now):
        express(other, suitor(), now)
        couple(me, other, now)
        assert wiped() == {me: 0, other: 1}

    def test_a_side_with_room_left_keeps_what_it_sent(self, me, now):
        roomy, third = suitor(Tier.PRO), suitor()
        express(roomy, third, now)
        couple(me, roomy, now)
        assert pending(roomy) == {third}
        assert roomy not in wiped()

    def test_what_others_sent_to_them_stays(self, me, other, now):
        third = suitor()
        express(third, me, now)
        couple(me, other, now)
        assert status_of(third, me) == InterestStatus.PENDING

    def test_it_is_on_record(self, me, other, now):
        express(me, suitor(), now)
        couple(me, other, now)
        wipe = InterestWipe.objects.get(user=me)
        entry = AuditLog.objects.get(action="interests_wiped", entity_id=wipe.id)
        assert entry.data == {"interests": 1}

    def test_whoever_was_wiped_may_say_it_again_once_there_is_room(self, me, other, now):
        third = suitor()
        express(me, third, now)
        standing = couple(me, other, now)
        connections.terminate(connection_id=standing.id, by=me, now=now)
        assert express(me, third, now).status == InterestStatus.PENDING


class TestKeptApart:
    """Whatever keeps two people apart, the sender reads the same."""

    @pytest.fixture(params=["blocked", "blocking", "matched", "left_pool", "suspended", "restricted", "full"])
    def obstacle(self, request, me, other, now):
        person = User.objects.filter(id=other)
        match request.param:
            case "blocked":
                blocks.block(by=other, other=me, source=BlockSource.MANUAL, now=now)
            case "blocking":
                blocks.block(by=me, other=other, source=BlockSource.MANUAL, now=now)
            case "matched":
                match_of(User.objects.get(id=me), User.objects.get(id=other), now)
            case "left_pool":
                ConnectProfile.objects.filter(user=other).update(is_active=False)
            case "suspended":
                person.update(suspended_until=now + timedelta(days=1))
            case "restricted":
                person.update(status=UserStatus.RESTRICTED)
            case "full":
                person.update(active_connection_count=1)

    def test_they_are_not_connected(self, me, other, now, obstacle):
        Interest.objects.create(sender_id=other, receiver_id=me, server=PARTNER)
        assert express(me, other, now).status == InterestStatus.PENDING
        assert connected() == set()

    def test_the_work_is_the_same_as_with_somebody_who_feels_nothing(self, me, other, now, obstacle):
        Interest.objects.create(sender_id=other, receiver_id=me, server=PARTNER)
        indifferent = suitor()
        with CaptureQueriesContext(connection) as apart:
            express(me, other, now)
        with CaptureQueriesContext(connection) as plain:
            express(me, indifferent, now)
        assert len(apart) == len(plain)

    def test_who_was_connected_is_not_connected_again(self, me, other, now):
        connections.terminate(connection_id=couple(me, other, now, PARTNER).id, by=me, now=now)
        express(me, other, now, FRIEND)
        assert express(other, me, now, FRIEND).status == InterestStatus.PENDING

    def test_blocking_withdraws_what_the_blocker_sent_and_leaves_what_the_blocked_did(self, me, other, now):
        express(me, other, now, PARTNER)
        express(other, me, now, FRIEND)
        blocks.block(by=me, other=other, source=BlockSource.MANUAL, now=now)
        assert (status_of(me, other), status_of(other, me)) == (InterestStatus.WITHDRAWN, InterestStatus.PENDING)


class TestWaiting:
    @pytest.fixture
    def waiting(self, now):
        """Somebody whose tier fell below what they have, and another who answered their interest."""
        downgraded, answered = suitor(Tier.PLUS), suitor()
        couple(downgraded, suitor(), now)
        express(downgraded, answered, now)
        User.objects.filter(id=downgraded).update(tier=Tier.FREE)
        express(answered, downgraded, now)
        return downgraded, answered

    def test_it_waits_while_one_is_full(self, waiting, now):
        meetings.settle_waiting(now=now)
        assert frozenset(waiting) not in connected()

    def test_it_connects_when_there_is_room_again(self, waiting, now):
        User.objects.filter(id=waiting[0]).update(tier=Tier.PLUS)
        assert meetings.settle_waiting(now=now) == 1
        assert frozenset(waiting) in connected()
        check_counts()

    def test_it_connects_once(self, waiting, now):
        User.objects.filter(id=waiting[0]).update(tier=Tier.PLUS)
        meetings.settle_waiting(now=now)
        assert meetings.settle_waiting(now=now) == 0

    def test_it_connects_by_itself_when_it_is_said_again(self, waiting, now):
        User.objects.filter(id=waiting[0]).update(tier=Tier.PLUS)
        assert express(waiting[1], waiting[0], now).status == InterestStatus.MUTUAL

    def test_what_was_withdrawn_meanwhile_does_not_connect(self, waiting, now):
        interest = Interest.objects.get(sender=waiting[1])
        interests.withdraw(interest_id=interest.id, by=waiting[1], now=now)
        User.objects.filter(id=waiting[0]).update(tier=Tier.PLUS)
        assert meetings.settle_waiting(now=now) == 0

    def test_two_who_talked_and_parted_meanwhile_do_not_connect(self, waiting, now):
        match_of(*User.objects.filter(id__in=waiting), now, MatchStatus.CLOSED, talked=True)
        User.objects.filter(id=waiting[0]).update(tier=Tier.PLUS)
        assert meetings.settle_waiting(now=now) == 0

    def test_whoever_met_first_comes_first(self, waiting, now):
        full, first = waiting
        later = suitor()
        Interest.objects.create(sender_id=full, receiver_id=later, server=PARTNER)
        express(later, full, now + timedelta(seconds=1))
        User.objects.filter(id=full).update(tier=Tier.PLUS)
        meetings.settle_waiting(now=now + timedelta(minutes=1))
        assert frozenset((full, first)) in connected()
        assert frozenset((full, later)) not in connected()


class TestWithdrawing:
    def test_it_is_taken_back(self, me, other, now):
        interests.withdraw(interest_id=express(me, other, now).id, by=me, now=now)
        assert status_of(me, other) == InterestStatus.WITHDRAWN

    def test_taking_it_back_twice_is_once(self, me, other, now):
        interest = express(me, other, now)
        moments = [
            interests.withdraw(interest_id=interest.id, by=me, now=now + timedelta(hours=hour)).decided_at
            for hour in range(2)
        ]
        assert moments == [now, now]

    def test_the_receiver_cannot(self, me, other, now):
        with pytest.raises(NotYours):
            interests.withdraw(interest_id=express(me, other, now).id, by=other, now=now)

    def test_a_mutual_one_is_decided(self, me, other, now):
        interest = express(me, other, now)
        express(other, me, now)
        with pytest.raises(WrongState) as refused:
            interests.withdraw(interest_id=interest.id, by=me, now=now)
        assert refused.value.code == "interest_decided"

    def test_it_may_be_said_again(self, me, other, now):
        interests.withdraw(interest_id=express(me, other, now).id, by=me, now=now)
        express(other, me, now)
        assert express(me, other, now).status == InterestStatus.MUTUAL


def test_a_connection_of_discovery_names_its_server(me, other):
    low, high = sorted((me, other))
    with pytest.raises(IntegrityError, match="connection_server_of_discovery"), transaction.atomic():
        Connection.objects.create(user_low_id=low, user_high_id=high, origin="discovery")


def test_every_end_of_a_match_frees_the_pair_again(me, other, now):
    match = match_of(User.objects.get(id=me), User.objects.get(id=other), now)
    express(me, other, now)
    express(other, me, now)
    assert connected() == set()
    match.status, match.ended_at = MatchStatus.DECLINED, now
    match.save()
    meetings.settle_waiting(now=now)
    assert connected() == {frozenset((me, other))}


def test_every_status_of_a_connection_is_counted_or_over():
    ends = {status for status, moves in CONNECTION_TRANSITIONS.items() if not moves}
    assert ends == {ConnectionStatus.BLOCKED, ConnectionStatus.TERMINATED}


def test_interest_in_somebody_one_is_not_connected_to_any_more_finds_nobody(me, other, now):
    standing = couple(me, other, now)
    assert express(me, other, now).status == InterestStatus.MUTUAL
    connections.terminate(connection_id=standing.id, by=other, now=now)
    with pytest.raises(NotYours), transaction.atomic():
        express(me, other, now)
