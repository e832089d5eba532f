"""A run in shards: the same as one by one worker, whoever takes them, in whatever order, and whoever dies."""

from datetime import timedelta

import numpy as np
import pytest

from connect.models import ConnectProfile
from connect.services import pool
from connect.signals import profile_changed
from matching.engine import blocks as cuts
from matching.engine import ranking
from matching.enums import MatchStatus, RunStatus
from matching.models import Match, MatchingRun, MatchingShard, PoolEntry
from matching.services import building, entries, people, runs, shards
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.builders import entry_of, match_of, person
from tests.matching.crowds import LEASES, crowd, finish, pairs_made

pytestmark = pytest.mark.django_db

SIZE = 30


@pytest.fixture(autouse=True)
def small_shards(settings, monkeypatch):
    settings.MATCHING_INLINE = 0
    monkeypatch.setattr(cuts, "BLOCK", 4)
    monkeypatch.setattr(shards, "PAIRS", 60)


def begin(now):
    """A run that is laid out, nothing of it worked on."""
    runs.request(now=now)
    run = runs.run_requested(now=now)
    assert run.status == RunStatus.RUNNING
    return run


def record(run):
    run.refresh_from_db()
    kept = ("pool_size", "proposals", "left_without", "alone", "exposure_gini", "rejected", "engine_version")
    return {name: getattr(run, name) for name in kept}


def undisturbed(now, settings):
    """What one worker makes of the same pool alone, and its record; then everything is as before."""
    settings.MATCHING_INLINE = 10**6
    runs.request(now=now)
    run = runs.run_requested(now=now)
    made, kept = pairs_made(), record(run)
    Match.objects.all().delete()
    MatchingRun.objects.all().delete()
    PoolEntry.objects.update(considered_at=None, built_at=now)
    settings.MATCHING_INLINE = 0
    assert len(made) > 3
    return made, kept


def test_shards_propose_the_same_as_one_worker(now, settings):
    crowd(now, SIZE)
    made, kept = undisturbed(now, settings)
    run = begin(now)
    assert MatchingShard.objects.count() > 3
    assert finish(now) > 3
    assert pairs_made() == made
    assert record(run) == kept
    assert run.status == RunStatus.FINISHED


def test_nothing_is_left_of_the_shards(now):
    crowd(now, SIZE)
    run = begin(now)
    finish(now)
    run.refresh_from_db()
    assert (MatchingShard.objects.count(), bytes(run.members), bytes(run.starts)) == (0, b"", b"")
    assert {"build", "load", "gather", "decide", "write"} <= set(run.seconds)


def test_nothing_is_written_before_the_last(now):
    crowd(now, SIZE)
    begin(now)
    for _ in range(MatchingShard.objects.count() - 1):
        assert runs.run_shard(now=now)
        assert not Match.objects.exists()
    assert runs.run_shard(now=now)
    assert Match.objects.exists()
    assert not runs.run_shard(now=now)


def test_everybody_is_looked_at_by_the_end_and_nobody_before(now):
    crowd(now, SIZE)
    run = begin(now)
    assert not PoolEntry.objects.exclude(considered_at=None).exists()
    finish(now)
    assert set(PoolEntry.objects.values_list("considered_at", flat=True)) == {run.started_at}


def test_shards_cover_every_meeting_once(now):
    crowd(now, SIZE)
    begin(now)
    parts = [np.frombuffer(shard.meetings, np.int32).reshape(-1, 2) for shard in MatchingShard.objects.all()]
    assert all(len(part) for part in parts)
    found = np.vstack(parts)
    assert len(np.unique(found, axis=0)) == len(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_shards_changes_nothing(now, settings, seed):
    crowd(now, SIZE)
    made, kept = undisturbed(now, settings)
    run = begin(now)
    order = np.random.default_rng(seed).permutation(MatchingShard.objects.count())
    ends = [shards.carry_out(taken(MatchingShard.objects.get(number=int(i)), now), now=now) for i in order]
    assert [end is not None for end in ends] == [False] * (len(order) - 1) + [True]
    runs._attempt(ends[-1], now)
    assert (pairs_made(), record(run)) == (made, kept)


def taken(shard, now):
    shard.leased_until, shard.attempts = now + timedelta(minutes=5), 1
    shard.save()
    return shard


def test_a_pool_that_is_small_enough_is_done_at_once(now, settings):
    crowd(now, 6)
    settings.MATCHING_INLINE = 6
    runs.request(now=now)
    assert runs.run_requested(now=now).status == RunStatus.FINISHED
    assert not MatchingShard.objects.exists()


def test_a_pool_in_which_nobody_may_meet_anybody_is_a_run_too(now):
    for _ in range(5):
        person(now, chart=False, preferred_genders=["male"])
    run = begin(now)
    assert finish(now) == 1
    run.refresh_from_db()
    assert (run.status, run.proposals, run.alone, run.rejected["gender"]) == (RunStatus.FINISHED, 0, 5, 20)


# Workers that die.


def test_a_shard_is_taken_by_one(now):
    crowd(now, SIZE)
    begin(now)
    first, second = shards.take(now=now), shards.take(now=now)
    assert first.number != second.number
    assert first.leased_until > now


def test_what_a_dead_worker_left_is_taken_after_its_lease(now, settings):
    crowd(now, SIZE)
    made, _ = undisturbed(now, settings)
    begin(now)
    dead = shards.take(now=now)
    finish(now)
    assert not Match.objects.exists()
    later = now + settings.MATCHING_LEASE + timedelta(seconds=1)
    assert shards.take(now=later).id == dead.id
    MatchingShard.objects.update(leased_until=None)
    finish(later)
    assert pairs_made() == made


def test_a_worker_that_comes_back_late_writes_nothing(now, settings):
    crowd(now, SIZE)
    made, _ = undisturbed(now, settings)
    begin(now)
    late = shards.take(now=now)
    again = shards.take(now=now + LEASES)
    assert again.id == late.id
    assert shards.carry_out(late, now=now) is None
    left = MatchingShard.objects.get(id=late.id)
    assert (left.finished_at, left.shortlists, left.leased_until) == (None, None, again.leased_until)
    shards.carry_out(again, now=now + LEASES)
    assert MatchingShard.objects.get(id=late.id).finished_at is not None
    assert shards.carry_out(late, now=now) is None
    finish(now)
    assert pairs_made() == made


def test_a_fault_gives_the_shard_back(now, settings, monkeypatch):
    crowd(now, SIZE)
    made, _ = undisturbed(now, settings)
    begin(now)
    with monkeypatch.context() as patch:
        patch.setattr(shards, "rank", lambda *args, **kwargs: 1 / 0)
        assert runs.run_shard(now=now)
    failed = MatchingShard.objects.get(number=0)
    assert (failed.attempts, failed.leased_until, failed.finished_at) == (1, None, None)
    finish(now)
    assert pairs_made() == made


def test_three_failures_give_the_run_up(now, settings, monkeypatch):
    crowd(now, SIZE)
    run = begin(now)
    with monkeypatch.context() as patch:
        patch.setattr(shards, "rank", lambda *args, **kwargs: 1 / 0)
        finish(now)
    assert set(MatchingShard.objects.values_list("attempts", flat=True)) == {shards.ATTEMPTS}
    runs.run_requested(now=now + LEASES)
    run.refresh_from_db()
    assert (run.status, run.error, bytes(run.members)) == (RunStatus.FAILED, "RuntimeError", b"")
    assert not MatchingShard.objects.exists()
    assert not Match.objects.exists()


def test_two_failures_do_not(now, settings, monkeypatch):
    crowd(now, SIZE)
    run = begin(now)
    MatchingShard.objects.update(attempts=shards.ATTEMPTS - 1)
    runs.run_requested(now=now + LEASES)
    finish(now + LEASES)
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED


def test_after_a_run_that_was_given_up_comes_another(now, monkeypatch):
    crowd(now, SIZE)
    begin(now)
    MatchingShard.objects.update(attempts=shards.ATTEMPTS)
    runs.run_requested(now=now + LEASES)
    begin(now + 2 * LEASES)
    finish(now + 2 * LEASES)
    assert Match.objects.exists()


def test_a_run_whose_reducer_died_is_resumed(now, settings, monkeypatch):
    crowd(now, SIZE)
    made, kept = undisturbed(now, settings)
    run = begin(now)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "_attempt", lambda run, now: None)
        finish(now)
    assert not Match.objects.exists()
    assert runs.run_requested(now=now) is None
    runs.run_requested(now=now + LEASES)
    assert (pairs_made(), record(run)) == (made, kept)


def test_while_shards_are_in_work_the_workers_are_told_again_and_nothing_is_done(now, monkeypatch):
    crowd(now, SIZE)
    begin(now)
    hints = []
    monkeypatch.setattr(shards, "hint", hints.append)
    runs.run_requested(now=now + LEASES)
    assert hints == [MatchingShard.objects.count()]
    assert not Match.objects.exists()


# What changes meanwhile.


@pytest.mark.parametrize(
    ("leave", "stay"),
    [
        (lambda user, now: pool.deactivate(user_id=user.id, now=now), 0),
        (lambda user, now: profile_changed.send(sender=None, user_id=user.id, active=True, now=now), 1),
        (lambda user, now: match_of(user, person(now, chart=False), now), 0),
        (lambda user, now: rebuilt(user, now=now), 0),
    ],
    ids=["left", "changed", "found somebody", "changed and built"],
)
@pytest.mark.parametrize("after", [0, 2, "all"])
def test_who_is_not_as_they_were_is_not_proposed_nor_counted_once_gone(now, monkeypatch, leave, stay, after):
    monkeypatch.setattr(cuts, "BLOCK", 1)
    monkeypatch.setattr(shards, "PAIRS", 1)
    one, other = person(now, chart=False), person(now, chart=False)
    rest = [person(now, chart=False, preferred_genders=["male"]) for _ in range(8)]
    run = begin(now)
    if after == "all":
        with monkeypatch.context() as patch:
            patch.setattr(runs, "_attempt", lambda run, now: None)
            finish(now)
    else:
        some_of(after, now)
    leave(one, run.started_at + timedelta(seconds=1))
    before = set(Match.objects.values_list("id", flat=True))
    finish(now)
    runs.run_requested(now=now + LEASES)
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED
    assert run.pool_size == len(rest) + 1 + stay
    assert not Match.objects.exclude(id__in=before).of(one.id).exists()
    assert not Match.objects.of(other.id).exists()


@pytest.mark.parametrize("after", [0, 2, "all"])
def test_a_pool_that_everybody_leaves_ends_the_run_without_proposals(now, monkeypatch, after):
    users = crowd(now, SIZE)
    run = begin(now)
    if after == "all":
        with monkeypatch.context() as patch:
            patch.setattr(runs, "_attempt", lambda run, now: None)
            finish(now)
    else:
        some_of(after, now)
    for user in users:
        pool.deactivate(user_id=user.id, now=now)
    finish(now)
    runs.run_requested(now=now + LEASES)
    run.refresh_from_db()
    assert (run.status, run.error) == (RunStatus.FINISHED, "")
    assert (run.pool_size, run.proposals, run.left_without, run.alone) == (0, 0, 0, 0)
    assert not Match.objects.exists()


def test_who_left_is_neither_left_without_nor_alone(now):
    users = crowd(now, SIZE)
    run = begin(now)
    for user in users[: SIZE // 2]:
        pool.deactivate(user_id=user.id, now=now)
    finish(now)
    run.refresh_from_db()
    served = {person for match in Match.objects.all() for person in (match.user_a_id, match.user_b_id)}
    assert (run.pool_size, run.left_without) == (SIZE - SIZE // 2, SIZE - SIZE // 2 - len(served))
    assert run.alone <= run.left_without


def some_of(shards, now):
    """So many are worked on, and some are left."""
    for _ in range(shards):
        assert runs.run_shard(now=now)
    assert MatchingShard.objects.unfinished().exists()


def rebuilt(user, now):
    ConnectProfile.objects.filter(user=user).update(preferred_genders=["male"])
    entries.mark_due(user_ids=[user.id], now=now)
    assert building.build_due(now=now) == 1


def test_who_is_as_they_were_is(now):
    one, other = person(now, chart=False), person(now, chart=False)
    begin(now)
    finish(now)
    match = Match.objects.get()
    assert {match.user_a_id, match.user_b_id} == {one.id, other.id}


def test_who_changed_meanwhile_is_not_said_to_be_looked_at(now):
    one, other = person(now, chart=False), person(now, chart=False)
    run = begin(now)
    rebuilt(one, run.started_at + timedelta(seconds=1))
    finish(now)
    assert (entry_of(one).considered_at, entry_of(other).considered_at) == (None, run.started_at)


def test_the_others_are_proposed_as_if_they_had_not_been_there(now, settings):
    """Whoever leaves stands first in a block: their place says nothing of the others."""
    crowd(now, SIZE)
    run = begin(now)
    starts = np.frombuffer(run.starts, np.int32)[:-1]
    members = shards._members(run)
    gone = [members[start] for start in starts[::2]]
    for user_id in gone:
        pool.deactivate(user_id=user_id, now=now)
    finish(now)
    found = pairs_made()
    assert len(found) > 2
    Match.objects.all().delete()
    MatchingRun.objects.all().delete()
    settings.MATCHING_INLINE = 10**6
    runs.request(now=now + LEASES)
    runs.run_requested(now=now + LEASES)
    assert found == pairs_made()


@pytest.mark.parametrize("after", [0, 2])
def test_who_blocks_meanwhile_is_not_proposed_to_whom_they_blocked(now, monkeypatch, after):
    monkeypatch.setattr(cuts, "BLOCK", 1)
    monkeypatch.setattr(shards, "PAIRS", 1)
    one, other = person(now, chart=False), person(now, chart=False)
    [person(now, chart=False, preferred_genders=["male"]) for _ in range(8)]
    begin(now)
    some_of(after, now)
    blocks.block(by=one.id, other=other.id, source=BlockSource.MANUAL, now=now)
    finish(now)
    assert not Match.objects.exists()


def test_who_comes_meanwhile_waits_for_the_next(now):
    crowd(now, SIZE)
    run = begin(now)
    came = person(now, chart=False)
    finish(now)
    assert not Match.objects.of(came.id).exists()
    run.refresh_from_db()
    assert run.pool_size == SIZE


# Once.


def test_a_second_run_in_shards_proposes_nothing_new(now):
    crowd(now, SIZE)
    begin(now)
    finish(now)
    made = pairs_made()
    runs.request(now=now + LEASES)
    runs.run_requested(now=now + LEASES)
    finish(now + LEASES)
    assert MatchingRun.objects.filter(status=RunStatus.FINISHED).count() == 2
    assert pairs_made() == made
    assert Match.objects.filter(status=MatchStatus.PROPOSED).count() == len(made)


def test_a_second_request_meanwhile_is_the_same_run(now):
    crowd(now, SIZE)
    run = begin(now)
    runs.request(now=now)
    assert runs.run_requested(now=now) is None
    assert MatchingRun.objects.get().id == run.id


def test_shards_of_a_run_that_ended_are_nobodys(now):
    crowd(now, SIZE)
    run = begin(now)
    MatchingRun.objects.filter(id=run.id).update(status=RunStatus.FAILED, finished_at=now)
    assert shards.take(now=now) is None


def test_shortlists_are_kept_exactly(now):
    rng = np.random.default_rng(1)
    lists = ranking.Shortlist.empty(9, 4)
    lists.candidates[[2, 5], :3], lists.worth[[2, 5], :3] = rng.integers(0, 9, (2, 3)), rng.uniform(0, 99, (2, 3))
    again = shards._unpacked(MatchingShard(shortlists=shards._packed(lists)), 9, 4)
    np.testing.assert_array_equal(again.candidates, lists.candidates)
    np.testing.assert_array_equal(again.worth, lists.worth)


def test_who_left_meets_nobody_and_the_others_keep_their_place(now):
    users = crowd(now, 5)
    whole = people.load(capacity=1, now=now)
    assert len(whole) == 0
    entries.adopt(now=now)
    building.build_due(now=now)
    whole = people.load(capacity=1, now=now)
    PoolEntry.objects.filter(user=whole.ids[2]).update(query=None)
    left = people.aligned(people.load(capacity=1, now=now), whole.ids)
    assert (left.ids, len(users)) == (whole.ids, 5)
    assert (left.pool.mode[2], left.room[2]) == (0, 0)
    stays = [0, 1, 3, 4]
    np.testing.assert_array_equal(left.features.query[stays], whole.features.query[stays])
    np.testing.assert_array_equal(left.pool.age[stays], whole.pool.age[stays])
