"""What taking a consent back says it deleted is what it deleted, over the API and on the real receivers."""

from datetime import timedelta

import pytest

from connect.enums import Purpose
from connect.models import ConnectProfile
from connect.services import consents
from connect.services.extraction import VECTOR_FIELDS
from matching.engine.features import DIMENSIONS
from matching.enums import MatchStatus
from matching.models import Chart, Match, PoolEntry
from matching.services import pipeline, runs
from matching.services.charts import HALVES
from matching.services.scorings import BY_PURPOSE
from tests.matching.builders import account, born, consent, entry_of, loaded, match_of, person

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


def test_the_engines_vectors_go_at_once_and_those_of_others_stay(api, now):
    user, other = person(now, chart=False), person(now, chart=False)
    loaded(now)
    take_back(api, user, Purpose.MATCHING)
    assert not PoolEntry.objects.filter(user=user).exists()
    assert entry_of(other).query is not None
    assert loaded(now).ids == [other.id]


def test_taking_back_twice_deletes_nothing_more(api, now):
    user = person(now, chart=False)
    match_of(user, account(), now)
    assert take_back(api, user, Purpose.MATCHING) == {
        "vectors": 4,
        "proposals": 1,
        "interests": 0,
        "cards": 0,
        "learned": 0,
        "waits": 0,
    }
    assert take_back(api, user, Purpose.MATCHING) == {}


def test_who_was_not_in_the_pool_any_more_has_it_counted_too(api, now):
    user = person(now, chart=False, is_active=False)
    match_of(user, account(), now)
    assert take_back(api, user, Purpose.MATCHING)["proposals"] == 1


@pytest.mark.parametrize("purpose", list(HALVES))
def test_half_a_chart_is_deleted_and_counted(api, now, purpose):
    user = person(now)
    assert take_back(api, user, purpose) == {"charts": 1, "proposals": 0, "scores": 0}
    chart = Chart.objects.get(user=user)
    assert [getattr(chart, name) for name in HALVES[purpose]] == [None] * 3


@pytest.mark.parametrize(("mine", "other"), [tuple(HALVES), tuple(reversed(HALVES))])
def test_the_half_that_never_was_is_not_counted(api, now, mine, other):
    user = person(now, chart=False)
    born(user, now, consents=(mine,))
    consent(user, other, now)
    assert take_back(api, user, other)["charts"] == 0
    assert take_back(api, user, mine)["charts"] == 1


def test_a_chart_without_birth_data_is_none(api, now):
    user = person(now, chart=False)
    for purpose in HALVES:
        consent(user, purpose, now)
    Chart.objects.create(user=user)
    assert take_back(api, user, Purpose.ASTROLOGY)["charts"] == 0


# What was scored under it.


def proposed(now):
    """Two people with both halves of a chart, proposed to each other by the real engine."""
    user, _ = person(now), person(now)
    runs.request(now=now)
    runs.run_requested(now=now)
    return user, Match.objects.get()


@pytest.fixture
def scored(now):
    """The same, past the proposal: they talk."""
    user, match = proposed(now)
    for status in (MatchStatus.ACCEPTED_A, MatchStatus.ACCEPTED_BOTH, MatchStatus.BLIND_CHAT_ACTIVE):
        Match.objects.filter(id=match.id).update(status=status)
    return user, match


@pytest.mark.parametrize("purpose", list(BY_PURPOSE))
def test_a_proposal_made_on_its_strength_closes(api, now, purpose):
    user, match = proposed(now)
    assert take_back(api, user, purpose) == {"charts": 1, "proposals": 1, "scores": 1}
    match.refresh_from_db()
    assert match.status == MatchStatus.CLOSED


def test_a_proposal_without_it_stays(api, now):
    user = person(now)
    match = match_of(user, account(), now)
    assert take_back(api, user, Purpose.ASTROLOGY)["proposals"] == 0
    match.refresh_from_db()
    assert match.status == MatchStatus.PROPOSED


@pytest.mark.parametrize(("purpose", "dimension"), BY_PURPOSE.items())
def test_of_who_talk_already_the_score_goes_and_the_rest_stays(api, scored, purpose, dimension):
    user, before = scored
    assert take_back(api, user, purpose)["scores"] == 1
    after = Match.objects.get(id=before.id)
    assert after.status == MatchStatus.BLIND_CHAT_ACTIVE
    assert getattr(before, f"{dimension}_score") is not None
    assert getattr(after, f"{dimension}_score") is None
    assert after.score_breakdown == before.score_breakdown | {dimension: None}
    assert after.explanation["scores"] == before.explanation["scores"] | {dimension: None}
    assert after.explanation["labels"] == before.explanation["labels"] | {dimension: None}


@pytest.mark.parametrize(("purpose", "dimension"), BY_PURPOSE.items())
def test_with_a_score_goes_how_far_it_may_lie_off(api, scored, purpose, dimension):
    user, match = scored
    Match.objects.filter(id=match.id).update(explanation=match.explanation | {"spreads": {"astro": 5, "hd": 5}})
    take_back(api, user, purpose)
    match.refresh_from_db()
    assert match.explanation["spreads"] == {"astro": 5, "hd": 5} | {dimension: None}


@pytest.mark.parametrize(("purpose", "dimension"), BY_PURPOSE.items())
def test_no_reason_speaks_of_it_any_more(api, scored, purpose, dimension):
    user, match = scored
    kept = {"code": "values_close", "params": {}, "text": "Your values lie close together."}
    gone = {"code": f"{dimension}_whole", "params": {}, "text": "It is said."}
    Match.objects.filter(id=match.id).update(
        explanation=match.explanation | {"reasons": [gone, kept]}, match_reasons=[gone["code"], kept["code"]]
    )
    take_back(api, user, purpose)
    match.refresh_from_db()
    told = match.explanation["reasons"]
    assert kept in told
    assert not [reason for reason in told if reason["code"].startswith(dimension)]
    assert match.match_reasons == [reason["code"] for reason in told]


def test_two_reasons_are_left_where_two_dimensions_are(api, scored):
    user, match = scored
    scores = dict.fromkeys(DIMENSIONS) | {"astro": 80, "hd": 80, "values": 40, "communication": 65}
    Match.objects.filter(id=match.id).update(score_breakdown=scores)
    for given in BY_PURPOSE:
        take_back(api, user, given)
    match.refresh_from_db()
    assert match.match_reasons == ["communication_compatible", "values_different"]


def test_the_total_is_the_mean_of_the_rest(api, scored):
    user, match = scored
    for purpose in BY_PURPOSE:
        take_back(api, user, purpose)
    match.refresh_from_db()
    rest = {"values": 0.30, "communication": 0.20, "readiness": 0.15}
    expected = sum(match.score_breakdown[name] * weight for name, weight in rest.items()) / sum(rest.values())
    assert float(match.total_score) == pytest.approx(expected, abs=0.02)
    assert abs(match.explanation["total"] - expected) <= 2.51


def test_a_run_that_read_it_before_proposes_nothing(now, monkeypatch):
    user, other = person(now), person(now)
    real = pipeline.propose

    def slow(*args, **kwargs):
        outcome = real(*args, **kwargs)
        consents.revoke(user_id=user.id, purpose=Purpose.ASTROLOGY, now=now + timedelta(seconds=1))
        return outcome

    monkeypatch.setattr(pipeline, "propose", slow)
    runs.request(now=now)
    runs.run_requested(now=now)
    assert not Match.objects.of(other.id).exists()
