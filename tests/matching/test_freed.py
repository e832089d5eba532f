"""Who is freed by the end of a proposal is considered again soon, and no number of ends hammers the engine."""

from datetime import timedelta

import pytest

from connect.services import pool
from matching import queries
from matching.enums import MatchStatus, RunStatus
from matching.models import Match, MatchingRun, PoolEntry
from matching.services import entries, newcomers, pipeline, proposals, runs
from matching.services.proposals import Action
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.builders import entry_of, follow, loaded, match_of, person

pytestmark = pytest.mark.django_db

REST = entries.REST_AFTER_END


def decline(match, now):
    proposals.respond(match_id=match.id, by=match.user_a_id, action=Action.DECLINE, now=now)


def overdue(match, now):
    Match.objects.filter(id=match.id).update(expires_at=now)
    proposals.expire_overdue(now=now)


def settled(now, *users):
    """Everybody is looked at: nobody waits."""
    loaded(now)
    PoolEntry.objects.update(consider_at=None, considered_at=now)
    return users


def two(now):
    return settled(now, person(now, chart=False), person(now, chart=False))


def waits(*users):
    return [entry_of(user).consider_at for user in users]


@pytest.mark.parametrize(
    "end",
    [
        decline,
        overdue,
        lambda match, now: blocks.block(by=match.user_a_id, other=match.user_b_id, source=BlockSource.MANUAL, now=now),
    ],
    ids=["declined", "expired", "blocked"],
)
def test_both_are_looked_at_again_a_moment_after_an_end(now, end):
    one, other = two(now)
    end(match_of(one, other, now), now)
    assert waits(one, other) == [now + REST, now + REST]


def test_who_is_left_by_the_other_is_looked_at_again(now):
    leaves, stays = two(now)
    match_of(leaves, stays, now)
    pool.deactivate(user_id=leaves.id, now=now)
    assert waits(stays) == [now + REST]
    assert leaves.id not in loaded(now).ids


def test_accepting_frees_nobody(now):
    one, other = two(now)
    match = match_of(one, other, now)
    proposals.respond(match_id=match.id, by=match.user_a_id, action=Action.ACCEPT, now=now)
    assert waits(one, other) == [None, None]


def test_a_sweep_that_found_nothing_frees_nobody(now):
    one, other = two(now)
    match_of(one, other, now, expires_at=now + timedelta(hours=1))
    proposals.expire_overdue(now=now)
    assert waits(one, other) == [None, None]


def test_an_end_asks_for_no_run(now):
    decline(match_of(*two(now), now), now)
    assert not MatchingRun.objects.exists()


def test_declining_one_after_the_other_is_looked_at_once(now):
    user, *others = settled(now, *(person(now, chart=False) for _ in range(4)))
    moments = [now + timedelta(seconds=seconds) for seconds in (0, 10, 20)]
    for other, moment in zip(others, moments, strict=True):
        decline(match_of(user, other, now), moment)
    assert waits(user) == [moments[-1] + REST]
    newcomers.consider_due(now=moments[-1] + REST - timedelta(seconds=1))
    assert waits(user) == [moments[-1] + REST]


def test_nobody_is_looked_at_before_the_rest_is_over(now):
    decline(match_of(*two(now), now), now)
    assert newcomers.consider_due(now=now + REST - timedelta(seconds=1)) == 0
    assert newcomers.consider_due(now=now + REST) == 2
    assert newcomers.consider_due(now=now + REST) == 0


def test_who_comes_meanwhile_does_not_wait_for_the_rest(now):
    decline(match_of(*two(now), now), now)
    came = person(now, chart=False)
    entries.mark_due(user_ids=[came.id], now=now)
    follow(now)
    assert queries.stage(came.id).stage == "match_found"


def test_both_who_were_freed_meet_somebody_else(now):
    one, other, third, fourth = settled(now, *(person(now, chart=False) for _ in range(4)))
    match = match_of(one, other, now)
    match_of(third, fourth, now, MatchStatus.DECLINED)
    decline(match, now)
    assert queries.stage(one.id).stage == "waiting"
    follow(now + REST)
    assert {queries.stage(user.id).stage for user in (one, other, third, fourth)} == {"match_found"}
    assert Match.objects.open().count() == 2


def test_who_is_freed_while_a_run_is_under_way_is_looked_at_after_it(now, monkeypatch):
    one, other = two(now)
    match = match_of(one, other, now)
    real = pipeline.propose

    def slow(*args, **kwargs):
        decline(match, now + timedelta(seconds=1))
        return real(*args, **kwargs)

    monkeypatch.setattr(pipeline, "propose", slow)
    for _ in range(2):
        person(now, chart=False, preferred_genders=["male"])
    runs.request(now=now)
    assert runs.run_requested(now=now).status == RunStatus.FINISHED
    assert waits(one, other) == [now + timedelta(seconds=1) + REST] * 2
