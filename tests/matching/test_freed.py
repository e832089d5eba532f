"""Who is freed by the end of a proposal is considered again soon, and no number of ends hammers the engine."""

from datetime import timedelta

import pytest

from connect.models import ConnectProfile
from connect.services import pool
from matching import queries
from matching.enums import MatchStatus, RunStatus
from matching.models import Match, MatchingRun
from matching.services import pipeline, proposals, runs
from matching.services.proposals import Action
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.builders import account, match_of, person

pytestmark = pytest.mark.django_db

GATHERED = runs.REST_AFTER_END


def decline(match, now):
    proposals.respond(match_id=match.id, by=match.user_a_id, action=Action.DECLINE, now=now)


def due():
    return list(MatchingRun.objects.filter(status=RunStatus.REQUESTED).values_list("due_at", flat=True))


@pytest.mark.parametrize(
    "end",
    [
        decline,
        lambda match, now: proposals.expire_overdue(now=match.expires_at),
        lambda match, now: pool.deactivate(user_id=match.user_a_id, now=now),
        lambda match, now: blocks.block(by=match.user_a_id, other=match.user_b_id, source=BlockSource.MANUAL, now=now),
    ],
    ids=["declined", "expired", "left the pool", "blocked"],
)
def test_an_end_asks_for_a_run(now, end):
    match = match_of(person(now, chart=False), person(now, chart=False), now)
    end(match, now)
    assert len(due()) == 1


def test_accepting_asks_for_none(now):
    match = match_of(account(), account(), now)
    proposals.respond(match_id=match.id, by=match.user_a_id, action=Action.ACCEPT, now=now)
    assert due() == []


def test_a_sweep_that_found_nothing_asks_for_none(now):
    proposals.expire_overdue(now=now)
    assert due() == []


def test_ends_are_gathered_into_one_run(now):
    for seconds in range(5):
        decline(match_of(account(), account(), now), now + timedelta(seconds=seconds))
    assert due() == [now + GATHERED]
    assert runs.run_requested(now=now + GATHERED - timedelta(seconds=1)) is None
    assert runs.run_requested(now=now + GATHERED) is not None
    assert due() == []


def test_who_comes_meanwhile_does_not_wait_for_the_gathering(now):
    decline(match_of(account(), account(), now), now)
    runs.request(now=now + timedelta(seconds=2))
    assert due() == [now + timedelta(seconds=2)]


def test_an_end_does_not_put_off_a_run_that_waits(now):
    runs.request(now=now)
    decline(match_of(account(), account(), now), now)
    assert due() == [now]


def test_both_who_were_freed_meet_somebody_else_at_once(now):
    one, other, third, fourth = (person(now, chart=False) for _ in range(4))
    match = match_of(one, other, now)
    match_of(third, fourth, now, MatchStatus.DECLINED)
    decline(match, now)
    assert queries.stage(one.id).stage == "waiting"
    runs.run_requested(now=now + GATHERED)
    assert {queries.stage(user.id).stage for user in (one, other, third, fourth)} == {"match_found"}
    assert Match.objects.open().count() == 2


def test_who_is_freed_while_a_run_is_under_way_is_seen_by_its_end(now, monkeypatch):
    match = match_of(account(), account(), now)
    real = pipeline.propose

    def slow(*args, **kwargs):
        decline(match, now + timedelta(seconds=1))
        return real(*args, **kwargs)

    monkeypatch.setattr(pipeline, "propose", slow)
    for _ in range(2):
        person(now, chart=False, preferred_genders=["male"])
    ConnectProfile.objects.update(updated_at=now - timedelta(days=1))
    runs.request(now=now)
    done = runs.run_requested(now=now)
    assert done.status == RunStatus.FINISHED
    assert len(due()) == 1
