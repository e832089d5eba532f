"""What taking a consent back says it deleted is what it deleted, over the API and on the real receivers."""

import pytest

from connect.enums import Purpose
from connect.models import ConnectProfile
from connect.services.extraction import VECTOR_FIELDS
from matching.enums import MatchStatus
from matching.models import Chart, Match
from matching.services.charts import HALVES
from tests.matching.builders import account, born, consent, match_of, person

pytestmark = pytest.mark.django_db


def take_back(api, user, purpose):
    reply = api(user).post("/api/consents", {"purpose": purpose, "version": "v1", "granted": False})
    assert reply.status_code == 200
    return reply.json()["deleted"]


@pytest.mark.parametrize("status", [MatchStatus.PROPOSED, MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_B])
def test_an_open_proposal_is_closed_and_counted(api, now, status):
    user = person(now, chart=False)
    match = match_of(user, account(), now, status)
    assert take_back(api, user, Purpose.MATCHING)["proposals"] == 1
    assert Match.objects.get(id=match.id).status == MatchStatus.CLOSED


@pytest.mark.parametrize("status", [MatchStatus.BLIND_CHAT_ACTIVE, MatchStatus.DECLINED])
def test_what_runs_or_ended_is_not_counted(api, now, status):
    user = person(now, chart=False)
    match_of(user, account(), now, status)
    match_of(account(), account(), now)
    assert take_back(api, user, Purpose.MATCHING)["proposals"] == 0


def test_vectors_are_emptied_and_counted(api, now):
    user = person(now, chart=False, communication_vector=None)
    assert take_back(api, user, Purpose.MATCHING)["vectors"] == 3
    profile = ConnectProfile.objects.get(user=user)
    assert [getattr(profile, name) for name in VECTOR_FIELDS] == [None] * 4


def test_taking_back_twice_deletes_nothing_more(api, now):
    user = person(now, chart=False)
    match_of(user, account(), now)
    assert take_back(api, user, Purpose.MATCHING) == {"vectors": 4, "proposals": 1}
    assert take_back(api, user, Purpose.MATCHING) == {}


def test_who_was_not_in_the_pool_any_more_has_it_counted_too(api, now):
    user = person(now, chart=False, is_active=False)
    match_of(user, account(), now)
    assert take_back(api, user, Purpose.MATCHING)["proposals"] == 1


@pytest.mark.parametrize("purpose", list(HALVES))
def test_half_a_chart_is_deleted_and_counted(api, now, purpose):
    user = person(now)
    assert take_back(api, user, purpose) == {"charts": 1}
    chart = Chart.objects.get(user=user)
    assert [getattr(chart, name) for name in HALVES[purpose]] == [None, None]


@pytest.mark.parametrize(("mine", "other"), [tuple(HALVES), tuple(reversed(HALVES))])
def test_the_half_that_never_was_is_not_counted(api, now, mine, other):
    user = person(now, chart=False)
    born(user, now, consents=(mine,))
    consent(user, other, now)
    assert take_back(api, user, other) == {"charts": 0}
    assert take_back(api, user, mine) == {"charts": 1}


def test_a_chart_without_birth_data_is_none(api, now):
    user = person(now, chart=False)
    for purpose in HALVES:
        consent(user, purpose, now)
    Chart.objects.create(user=user)
    assert take_back(api, user, Purpose.ASTROLOGY) == {"charts": 0}
