"""Every state machine of matching: the table in Python and the database agree on every move, legal or not."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from matching.enums import (
    CONNECTION_TRANSITIONS,
    INTEREST_TRANSITIONS,
    MATCH_INITIAL,
    MATCH_TRANSITIONS,
    RUN_TRANSITIONS,
    ConnectionStatus,
    InterestStatus,
    MatchStatus,
    Origin,
    RunStatus,
    Server,
)
from matching.models import Connection, Interest, Match, MatchingRun
from safety.models import AuditLog
from tests.matching.builders import account, scored

pytestmark = pytest.mark.django_db

MACHINES = {
    Match: (MatchStatus, MATCH_TRANSITIONS, MATCH_INITIAL),
    Connection: (ConnectionStatus, CONNECTION_TRANSITIONS, [ConnectionStatus.ACTIVE]),
    Interest: (InterestStatus, INTEREST_TRANSITIONS, [InterestStatus.PENDING]),
    MatchingRun: (RunStatus, RUN_TRANSITIONS, [RunStatus.REQUESTED]),
}
MOVES = [
    (model, before, after)
    for model, (statuses, _, _) in MACHINES.items()
    for before, after in product(statuses, statuses)
    if before != after
]
STATES = [(model, status) for model, (statuses, _, _) in MACHINES.items() for status in statuses]


def fresh(model, status):
    if model is MatchingRun:
        return MatchingRun.objects.create(status=status, due_at=timezone.now())
    low, high = sorted((account().id, account().id))
    if model is Connection:
        return Connection.objects.create(user_low_id=low, user_high_id=high, origin=Origin.LIVE, status=status)
    if model is Interest:
        ends = decided(model, status)
        return Interest.objects.create(sender_id=low, receiver_id=high, server=Server.FRIEND, status=status, **ends)
    return Match.objects.create(user_a_id=low, user_b_id=high, status=status, expires_at=timezone.now(), **scored())


def decided(model, status):
    """What an interest says besides once it is over, so that nothing but the machine refuses a move of it."""
    if model is not Interest:
        return {}
    return {"decided_at": None if status == InterestStatus.PENDING else timezone.now()}


def path_to(model, status):
    """A shortest legal way from a first state."""
    _, transitions, initial = MACHINES[model]
    ways = [[first] for first in initial]
    for way in ways:
        if way[-1] == status:
            return way
        ways += [[*way, after] for after in transitions[way[-1]] if after not in way]
    raise AssertionError(f"{status} cannot be reached")


def move(row, status):
    type(row).objects.filter(id=row.id).update(status=status, **decided(type(row), status))


def walked(model, status):
    first, *rest = path_to(model, status)
    row = fresh(model, first)
    for step in rest:
        move(row, step)
    return row


@pytest.mark.parametrize(("model", "status"), STATES, ids=lambda part: getattr(part, "__name__", str(part)))
def test_every_status_stands_in_the_table_and_can_be_reached(model, status):
    assert status in MACHINES[model][1]
    assert type(walked(model, status)).objects.filter(status=status).count() == 1


@pytest.mark.parametrize(("model", "before", "after"), MOVES, ids=lambda part: getattr(part, "__name__", str(part)))
def test_the_database_allows_exactly_the_moves_of_the_table(model, before, after):
    row = walked(model, before)
    if after in MACHINES[model][1][before]:
        move(row, after)
        last = AuditLog.objects.filter(entity=model._meta.db_table, entity_id=row.id).latest("id")
        assert (last.data["from"], last.data["to"]) == (before, after)
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            move(row, after)
        assert model.objects.get(id=row.id).status == before


@pytest.mark.parametrize(("model", "status"), STATES, ids=lambda part: getattr(part, "__name__", str(part)))
def test_the_database_allows_exactly_the_first_states(model, status):
    if status in MACHINES[model][2]:
        assert fresh(model, status).pk
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            fresh(model, status)
