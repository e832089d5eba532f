"""Joining and leaving the queue, going back to it, and being lost on the way."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from config.errors import WrongState
from connect.enums import Mode, Purpose
from connect.models import ConnectProfile, Consent
from connect.realtime import user_group
from connect.services import consents, pool
from matching.enums import MatchStatus, QueueStatus
from matching.models import Match, PoolEntry, QueueEntry
from matching.services import queue
from safety.enums import TrustSource
from safety.models import AuditLog, TrustScoreEvent
from tests.matching.builders import account
from tests.matching.waiters import friend, join, leave, paired, requeue, status_of, wait_together
from tests.safety.cases import RESTRICTION, taken

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def refusal(act, *args):
    with pytest.raises(WrongState) as refused:
        act(*args)
    return refused.value.code, refused.value.details


def test_joining_waits_in_a_region_as_large_as_a_country(now):
    entry = join(friend(now), now)
    assert (entry.status, entry.waiting_since, entry.enqueued_at) == (QueueStatus.ACTIVE, now, now)
    assert entry.region_key == "811f3ffffffffff"


def test_joining_twice_is_waiting_once(now):
    me = friend(now)
    assert join(me, now).id == join(me, now + MINUTE).id
    assert QueueEntry.objects.get().waiting_since == now


def test_two_active_entries_of_one_person_the_database_refuses(now):
    me = friend(now)
    join(me, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueEntry.objects.create(user=me, enqueued_at=now, waiting_since=now, seen_at=now)


def test_all_that_is_unmet_is_named_at_once(now):
    everything = ["consent_missing", "not_in_pool", "mode_not_friendship", "not_scored"]
    assert refusal(join, account(), now) == ("queue_locked", {"unmet": everything})


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("consent_missing", lambda me: Consent.objects.filter(user=me).delete()),
        ("mode_not_friendship", lambda me: ConnectProfile.objects.filter(user=me).update(mode=Mode.ROMANCE)),
        ("not_scored", lambda me: PoolEntry.objects.filter(user=me).update(query=None)),
    ],
)
def test_each_condition_is_named_by_itself(now, code, spoil):
    me = friend(now)
    spoil(me)
    assert refusal(join, me, now) == ("queue_locked", {"unmet": [code]})


def test_who_talks_to_somebody_waits_for_nobody(now):
    me, other = friend(now), friend(now)
    wait_together(now, me, other)
    paired(now)
    assert refusal(join, me, now) == ("in_session", {"session_id": str(Match.objects.get().id)})


def test_after_the_conversation_one_may_wait_again(now):
    me, other = friend(now), friend(now)
    wait_together(now, me, other)
    paired(now)
    Match.objects.update(status=MatchStatus.CLOSED, ended_at=now)
    assert join(me, now + MINUTE).status == QueueStatus.ACTIVE


def test_leaving_ends_the_wait_and_leaving_again_changes_nothing(now):
    me = friend(now)
    join(me, now)
    assert leave(me, now).status == QueueStatus.CANCELLED
    assert leave(me, now + MINUTE) is None
    assert QueueEntry.objects.get().dequeued_at == now


def test_leaving_by_a_clock_that_is_behind_ends_the_wait_as_it_began(now):
    me = friend(now)
    join(me, now)
    assert leave(me, now - SECOND).dequeued_at == QueueEntry.objects.get().dequeued_at == now


def test_leaving_again_and_again_makes_joining_rest(now):
    me = friend(now)
    for n in range(3):
        join(me, now + n * MINUTE)
        leave(me, now + n * MINUTE)
    until = now + 7 * MINUTE
    told = {"until": until.isoformat(), "retry_after": 240}
    assert refusal(join, me, now + 3 * MINUTE) == ("queue_cooldown", told)
    assert AuditLog.objects.filter(action="queue_cooldown").count() == 1
    assert TrustScoreEvent.objects.get(user=me).source == TrustSource.COOLDOWN_PENALTY
    assert join(me, until).status == QueueStatus.ACTIVE


def test_leaving_now_and_then_is_no_churn(now):
    me = friend(now)
    for n in range(4):
        join(me, now + n * 3 * MINUTE)
        leave(me, now + n * 3 * MINUTE)
    assert join(me, now + 12 * MINUTE).status == QueueStatus.ACTIVE


def test_the_survivor_of_a_broken_pairing_keeps_their_turn(now):
    me = friend(now)
    entry = requeue(me, now - MINUTE, now)
    assert (entry.waiting_since, entry.enqueued_at, entry.queue_reason) == (now - MINUTE, now, "requeued")


def test_who_waits_already_is_not_put_back_twice(now):
    me = friend(now)
    join(me, now)
    assert requeue(me, now - MINUTE, now) is None


def test_who_may_not_wait_is_not_put_back(now):
    me = friend(now)
    Consent.objects.filter(user=me).update(revoked_at=now)
    assert requeue(me, now - MINUTE, now) is None
    assert not QueueEntry.objects.exists()


def test_who_is_out_of_sight_too_long_is_taken_out(now):
    here, gone = friend(now), friend(now)
    wait_together(now, here, gone)
    for seconds in (5, 20, 29):
        assert queue.settle_present(present=[here.id], now=now + seconds * SECOND) == 0
    assert queue.settle_present(present=[here.id], now=now + 30 * SECOND) == 1
    assert (status_of(gone), status_of(here)) == (("cancelled", "absent"), ("active", ""))


def test_asking_how_it_goes_is_being_there(now):
    me = friend(now)
    join(me, now)
    with transaction.atomic():
        queue.see(by=me.id, now=now + 20 * SECOND)
    assert queue.settle_present(present=[], now=now + 40 * SECOND) == 0


def test_a_wait_expires_after_the_longest_there_is(now):
    me = friend(now)
    join(me, now)
    assert queue.expire_overdue(now=now + 10 * MINUTE - SECOND) == 0
    assert queue.expire_overdue(now=now + 10 * MINUTE) == 1
    assert status_of(me) == ("expired", "")


def test_what_a_survivor_waited_before_does_not_bring_the_end_nearer(now):
    requeue(friend(now), now - 9 * MINUTE, now)
    assert queue.expire_overdue(now=now + 2 * MINUTE) == 0


def test_taking_consent_back_takes_one_out(now):
    me = friend(now)
    join(me, now)
    with transaction.atomic():
        gone = consents.revoke(user_id=me.id, purpose=Purpose.MATCHING, now=now)
    assert (status_of(me), gone["waits"]) == (("cancelled", "barred"), 1)


def test_leaving_the_pool_takes_one_out(now):
    me = friend(now)
    join(me, now)
    with transaction.atomic():
        pool.deactivate(user_id=me.id, now=now)
    assert status_of(me) == ("cancelled", "barred")


def test_a_restriction_takes_one_out(now):
    me = friend(now)
    join(me, now)
    taken(me.id, RESTRICTION)
    assert status_of(me) == ("cancelled", "barred")


def test_the_person_is_told_on_their_sockets_and_nobody_else(now, django_capture_on_commit_callbacks):
    """What begins with the wait that is expected, what ended without."""
    me = friend(now)
    with patch("connect.realtime._hand_over") as handed:
        with django_capture_on_commit_callbacks(execute=True):
            entry = join(me, now)
        with django_capture_on_commit_callbacks(execute=True):
            leave(me, now)
    frames = [
        (group, frame) for call in handed.call_args_list for group, sent in call.args[0].items() for frame in sent
    ]
    said = {"waiting_since": entry.waiting_since.isoformat(), "session_id": None, "expected_wait_seconds": None}
    assert frames == [
        (user_group(me.id), {"type": "queue.status", "data": {"status": status, "reason": reason, **said}})
        for status, reason in (("active", None), ("cancelled", "left"))
    ]
