"""What matching speaks over HTTP: as the specification writes it, to participants alone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from matching.enums import MatchStatus
from matching.models import Match, MatchFeedback
from matching.services.charts import HALVES
from tests.matching.builders import account, born, match_of, person

pytestmark = pytest.mark.django_db

FORBIDDEN = ("user", "email", "name", "vector", "birth", "breakdown")


@pytest.fixture
def match(now):
    return match_of(account(), account(), now)


def keys(value):
    """Every key of a payload, however deep."""
    if isinstance(value, dict):
        return {*value, *(key for child in value.values() for key in keys(child))}
    return {key for child in value for key in keys(child)} if isinstance(value, list) else set()


def test_no_proposal_is_null(api):
    answer = api(account()).get("/connect/match")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "match": None})


def test_the_proposal_as_specified(api, match):
    shown = api(match.user_a).get("/connect/match").json()["match"]
    assert shown["matchId"] == str(match.id)
    assert (shown["status"], shown["totalScore"], shown["weightProfile"]) == ("proposed", 70, "connect-v1")
    assert shown["scores"]["values"] == 85
    assert shown["scores"]["astro"] is None
    assert shown["spreads"] == {"astro": None, "hd": None}
    assert shown["reasons"] == [{"code": "values_close", "text": "Your values lie close together."}]
    assert set(shown) == {
        "matchId", "status", "expiresAt", "weightProfile", "totalScore", "scores", "spreads", "labels",
        "reasons",
    }  # fmt: skip


def test_the_proposal_shows_nothing_of_the_other(api, match):
    answer = api(match.user_a).get("/connect/match")
    assert not [key for key in keys(answer.json()) if any(word in key.lower() for word in FORBIDDEN)]
    assert str(match.user_b_id) not in answer.content.decode()
    assert "72.34" not in answer.content.decode()


def test_both_see_the_same_of_it(api, match):
    one, other = (api(user).get("/connect/match").json() for user in (match.user_a, match.user_b))
    assert one == other


def test_the_others_acceptance_does_not_show(api, match):
    api(match.user_b).post("/connect/respond", {"matchId": str(match.id), "action": "accept"})
    assert api(match.user_a).get("/connect/match").json()["match"]["status"] == "proposed"


def test_an_expired_proposal_is_none(api, now):
    match = match_of(account(), account(), now, expires_at=now - timedelta(seconds=1))
    assert api(match.user_a).get("/connect/match").json()["match"] is None


@pytest.mark.parametrize(("side", "kept"), [("user_a", "accepted_a"), ("user_b", "accepted_b")])
def test_accepting_answers_alike_on_either_side(api, match, side, kept):
    """The sides follow the ids, and those the age of the accounts: neither may learn who came first."""
    client = api(getattr(match, side))
    answer = client.post("/connect/respond", {"matchId": str(match.id), "action": "accept"})
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "status": "accepted_a"})
    assert client.get("/connect/match").json()["match"]["status"] == "accepted_a"
    assert Match.objects.get().status == kept


def test_the_second_acceptance_answers_both(api, match):
    body = {"matchId": str(match.id), "action": "accept"}
    answers = [api(user).post("/connect/respond", body).json()["status"] for user in (match.user_a, match.user_b)]
    assert answers == ["accepted_a", "accepted_both"]


def test_declining_answers_declined(api, match):
    answer = api(match.user_a).post("/connect/respond", {"matchId": str(match.id), "action": "decline"})
    assert answer.json() == {"ok": True, "status": "declined"}


def test_the_same_key_gets_the_same_answer(api, match):
    body = {"matchId": str(match.id), "action": "accept"}
    answers = [api(match.user_a).post("/connect/respond", body, key="k1") for _ in range(2)]
    assert [(a.status_code, a.json()) for a in answers] == [(200, {"ok": True, "status": "accepted_a"})] * 2


def test_accepting_twice_without_a_key_is_refused(api, match):
    body = {"matchId": str(match.id), "action": "accept"}
    answers = [api(match.user_a).post("/connect/respond", body) for _ in range(2)]
    assert (answers[1].status_code, answers[1].json()["code"]) == (409, "already_answered")


def test_anothers_and_no_match_are_the_same_404(api, match):
    stranger = api(account())
    answers = [
        stranger.post("/connect/respond", {"matchId": str(match_id), "action": "accept"})
        for match_id in (match.id, uuid4())
    ]
    bodies = [{k: v for k, v in a.json().items() if k != "request_id"} for a in answers]
    assert [a.status_code for a in answers] == [404, 404]
    assert bodies[0] == bodies[1]
    assert Match.objects.get().status == MatchStatus.PROPOSED


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "accept"}, "matchId"),
        ({"matchId": "x", "action": "accept"}, "matchId"),
        ({"matchId": str(uuid4()), "action": "maybe"}, "action"),
        ({"matchId": str(uuid4()), "action": "accept", "extra": 1}, "extra"),
    ],
)
def test_bad_answers_are_refused_by_field(api, body, field):
    answer = api(account()).post("/connect/respond", body)
    assert answer.status_code == 400
    assert field in answer.json()["details"]


FEEDBACK = {
    "rating": 4,
    "fitScore": 78,
    "safetyScore": 90,
    "communicationScore": 70,
    "reasons": ["shared_values", "timing"],
    "notes": "Felt respectful and aligned.",
}


@pytest.fixture
def talking(now):
    return match_of(account(), account(), now, MatchStatus.BLIND_CHAT_ACTIVE)


def test_feedback_as_specified(api, talking):
    answer = api(talking.user_a).post("/connect/feedback", {"matchId": str(talking.id), **FEEDBACK})
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    kept = MatchFeedback.objects.get()
    assert (kept.user_id, kept.fit_score, kept.reasons) == (
        talking.user_a_id,
        78,
        ["shared_values", "timing"],
    )


def test_a_rating_is_enough(api, talking):
    answer = api(talking.user_a).post("/connect/feedback", {"matchId": str(talking.id), "rating": 1})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating"),
        ({"fitScore": 101}, "fitScore"),
        ({"safetyScore": -1}, "safetyScore"),
        ({"communicationScore": 101}, "communicationScore"),
        ({"reasons": ["x"] * 11}, "reasons"),
        ({"reasons": ["no spaces"]}, "reasons.0"),
        ({"notes": "x" * 1001}, "notes"),
        ({"mood": "fine"}, "mood"),
    ],
)
def test_bad_feedback_is_refused_by_field(api, talking, change, field):
    answer = api(talking.user_a).post("/connect/feedback", {"matchId": str(talking.id), **FEEDBACK, **change})
    assert answer.status_code == 400
    assert field in answer.json()["details"]
    assert not MatchFeedback.objects.exists()


def test_feedback_before_talking_is_refused(api, match):
    answer = api(match.user_a).post("/connect/feedback", {"matchId": str(match.id), **FEEDBACK})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_met_yet")


def test_feedback_on_anothers_match_is_not_found(api, talking):
    answer = api(account()).post("/connect/feedback", {"matchId": str(talking.id), **FEEDBACK})
    assert answer.status_code == 404


def test_no_chart_is_missing(api):
    answer = api(account()).get("/api/profile/chart")
    assert (answer.status_code, answer.json()["code"]) == (404, "chart_missing")


def test_a_chart_with_a_known_time(api, now):
    chart = api(person(now)).get("/api/profile/chart").json()
    assert chart["astrology"]["positions"][0]["body"] == "sun"
    assert len(chart["astrology"]["houses"]) == 12
    assert list(chart["human_design"]["authority"].values()) == [1.0]


def test_a_chart_without_a_time_gives_probabilities(api, now):
    user = person(now, chart=False)
    born(user, now, at=None)
    chart = api(user).get("/api/profile/chart").json()
    assert chart["astrology"]["ascendant"] is None
    assert chart["human_design"]["time_known"] is False


@pytest.mark.parametrize("purpose", list(HALVES))
def test_a_chart_of_one_consent_has_one_half(api, now, purpose):
    user = person(now, chart=False)
    born(user, now, consents=(purpose,))
    chart = api(user).get("/api/profile/chart").json()
    assert [half for half in ("astrology", "human_design") if chart[half]] == [HALVES[purpose][0]]


def test_another_person_does_not_see_it(api, now):
    person(now)
    assert api(account()).get("/api/profile/chart").status_code == 404


@pytest.mark.parametrize("path", ["/connect/match", "/api/profile/chart"])
def test_nobody_gets_in_without_signing_in(api, path):
    assert api().get(path).status_code == 401
