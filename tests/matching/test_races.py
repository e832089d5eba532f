"""What happens when two things happen at once: real threads, real connections."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from chat.models import Conversation
from config.errors import WrongState
from matching.enums import ENDED, MatchStatus, Origin, RunStatus
from matching.models import Connection, Match, MatchingRun
from matching.services import connections, proposals, runs
from matching.services.proposals import Action
from matching.signals import matches_accepted
from safety.enums import BlockSource
from safety.services import blocks
from tests.matching.builders import account, heard, match_of, person

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all at the same moment, each in its own transaction; what each answered, or its refusal's code."""
    barrier = Barrier(len(acts))

    def work(act):
        try:
            barrier.wait()
            with transaction.atomic():
                return act()
        except WrongState as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(work, act) for act in acts]]


def accept(match, by, now):
    return lambda: str(proposals.respond(match_id=match.id, by=by, action=Action.ACCEPT, now=now))


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_both_accept_at_once(now, round_):
    match = match_of(account(), account(), now)
    with heard(matches_accepted) as signals:
        answers = together(accept(match, match.user_a_id, now), accept(match, match.user_b_id, now))
    assert sorted(answers) == ["accepted_a", "accepted_both"]
    assert len(signals) == 1
    assert Match.objects.get().status == MatchStatus.BLIND_CHAT_ACTIVE
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_one_accepts_twice_at_once(now, round_):
    match = match_of(account(), account(), now)
    answers = together(*[accept(match, match.user_a_id, now)] * 2)
    assert sorted(answers) == ["accepted_a", "already_answered"]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_against_declining(now, round_):
    match = match_of(account(), account(), now, MatchStatus.ACCEPTED_A)
    answers = together(
        accept(match, match.user_b_id, now),
        lambda: str(proposals.respond(match_id=match.id, by=match.user_a_id, action=Action.DECLINE, now=now)),
    )
    assert answers in (["accepted_both", "already_answered"], ["match_closed", "declined"])


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_against_the_sweeper(now, round_):
    match = match_of(account(), account(), now, MatchStatus.ACCEPTED_A)
    later = match.expires_at
    answer, expired = together(accept(match, match.user_b_id, now), lambda: proposals.expire_overdue(now=later))
    expected = {"accepted_both": (0, "blind_chat_active"), "match_expired": (1, "expired")}
    assert (expired, Match.objects.get().status) == expected[answer]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_against_a_block(now, round_):
    match = match_of(account(), account(), now, MatchStatus.ACCEPTED_A)
    one, other = match.user_a_id, match.user_b_id
    together(
        accept(match, other, now),
        lambda: blocks.block(by=one, other=other, source=BlockSource.MANUAL, now=now),
    )
    assert Match.objects.get().status == MatchStatus.CLOSED


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_against_leaving_the_pool(now, round_):
    match = match_of(account(), account(), now, MatchStatus.ACCEPTED_A)
    answer, closed = together(
        accept(match, match.user_b_id, now), lambda: proposals.close_for(user_id=match.user_a_id, now=now)
    )
    assert (answer, closed) in [("accepted_both", 0), ("match_closed", 1)]


def test_eight_requests_at_once_are_one_run(now):
    together(*[lambda: runs.request(now=now)] * 8)
    assert MatchingRun.objects.count() == 1


def test_two_workers_share_one_run(now):
    for _ in range(4):
        person(now, chart=False)
    with transaction.atomic():
        runs.request(now=now)
    barrier = Barrier(2)

    def work():
        try:
            barrier.wait()
            return runs.run_requested(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = [future.result() for future in [pool.submit(work) for _ in range(2)]]
    assert Counter(run is None for run in done) == {True: 1, False: 1}
    assert MatchingRun.objects.filter(status=RunStatus.FINISHED).count() == 1
    assert Match.objects.count() == 2
    assert Counter(Match.objects.values_list("user_a", flat=True)).most_common(1)[0][1] == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_run_against_a_block(now, round_):
    one, other = person(now, chart=False), person(now, chart=False)
    with transaction.atomic():
        runs.request(now=now)
    barrier = Barrier(2)

    def work():
        try:
            barrier.wait()
            runs.run_requested(now=now)
        finally:
            connection.close()

    def block():
        try:
            barrier.wait()
            with transaction.atomic():
                blocks.block(by=one.id, other=other.id, source=BlockSource.MANUAL, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(work), pool.submit(block)]:
            future.result()
    assert not Match.objects.exclude(status__in=ENDED).exists()


def test_one_pair_connects_once(now):
    one, other = account().id, account().id
    together(
        *[lambda: connections.form(first=one, second=other, origin=Origin.LIVE, match=None, now=now) for _ in range(4)]
    )
    assert Connection.objects.count() == 1
