import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.enums import Purpose
from connect.models import ConnectProfile, InterestScore, NonNegotiable, OffLimitsTopic, ValueScore
from connect.services import consents, preferences
from connect.services.preferences import Essential
from connect.vectors import INTERESTS, READINESS, TOPICS, VALUES
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

SETTINGS = {
    "conversation_depth": "deep",
    "contact_frequency": "daily",
    "directness_score": 80,
    "humor_score": 40,
    "response_pace": "quick",
    "group_comfort": "one_to_one",
    "friendship_intention": "long_term",
    "voice_note_ok": True,
    "availability_windows": [18, 19, 42],
}
ESSENTIALS = [
    {"dimension": "value", "key": "honesty", "priority_rank": 1},
    {"dimension": "interest", "key": "hiking", "priority_rank": 2},
    {"dimension": "preference", "key": "conversation_depth", "priority_rank": 3},
]
SETS = [
    ("preferences", SETTINGS),
    ("values", {"scores": {"honesty": 90, "family": 10}}),
    ("interests", {"scores": {"hiking": 100}}),
    ("off_limits", {"topics": ["politics", "religion"]}),
    ("non_negotiables", {"non_negotiables": ESSENTIALS}),
]


@pytest.fixture
def user():
    return UserFactory()


@pytest.mark.parametrize(("path", "body"), SETS)
def test_what_was_put_is_read_again(user, api, path, body):
    client = api(user)
    assert client.put(f"/api/profile/{path}", body).json() == body
    assert client.get(f"/api/profile/{path}").json() == body


@pytest.mark.parametrize(("path", "body"), SETS[1:])
def test_a_set_is_one_persons(user, api, path, body):
    api(UserFactory()).put(f"/api/profile/{path}", body)
    assert list(api(user).get(f"/api/profile/{path}").json().values()) in ([{}], [[]])


def test_preferences_do_not_exist_until_they_were_answered(user, api):
    assert api(user).get("/api/profile/preferences").status_code == 404


def test_a_put_replaces_the_whole_set(user, api):
    client = api(user)
    client.put("/api/profile/values", {"scores": {"honesty": 90, "family": 10}})
    client.put("/api/profile/values", {"scores": {"honesty": 20, "growth": 60}})
    assert client.get("/api/profile/values").json()["scores"] == {"growth": 60, "honesty": 20}


def test_off_limits_are_replaced_too(user, api):
    client = api(user)
    client.put("/api/profile/off_limits", {"topics": ["politics", "money"]})
    client.put("/api/profile/off_limits", {"topics": ["money", "exes", "money"]})
    assert client.get("/api/profile/off_limits").json()["topics"] == ["exes", "money"]


def test_ranks_may_swap(user, api):
    client = api(user)
    client.put("/api/profile/non_negotiables", {"non_negotiables": ESSENTIALS})
    swapped = [entry | {"priority_rank": 4 - entry["priority_rank"]} for entry in ESSENTIALS]
    client.put("/api/profile/non_negotiables", {"non_negotiables": swapped})
    keys = NonNegotiable.objects.filter(user=user).order_by("priority_rank").values_list("key", flat=True)
    assert list(keys) == ["conversation_depth", "hiking", "honesty"]


@pytest.mark.parametrize(
    ("path", "body", "code", "where"),
    [
        ("values", {"scores": {"wealth": 1}}, "unknown_key", "scores.wealth"),
        ("values", {"scores": {"honesty": 101}}, "max_value", "scores.honesty"),
        ("values", {"scores": {"honesty": -1}}, "min_value", "scores.honesty"),
        ("values", {"scores": {"honesty": True}}, "wrong_type", "scores.honesty"),
        ("values", {"values": {}}, "unknown_field", "values"),
        ("interests", {"scores": {"honesty": 1}}, "unknown_key", "scores.honesty"),
        ("off_limits", {"topics": ["weather"]}, "unknown_key", "topics.weather"),
        ("preferences", SETTINGS | {"humor_score": 101}, "max_value", "humor_score"),
        ("preferences", SETTINGS | {"response_pace": "slow"}, "invalid_choice", "response_pace"),
        ("preferences", SETTINGS | {"availability_windows": [168]}, "max_value", "availability_windows.0"),
        ("readiness", {"answers": {"courage": 3}}, "unknown_key", "answers.courage"),
        ("readiness", {"answers": {"trust": 6}}, "max_value", "answers.trust"),
    ],
)
def test_bad_input_is_refused_by_name(user, api, path, body, code, where):
    reply = api(user).put(f"/api/profile/{path}", body)
    problem = reply.json()
    assert reply.status_code == 400
    assert code in [entry["code"] for entry in problem["details"][where]]
    assert not ConnectProfile.objects.filter(user=user).exists()


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        (
            [*ESSENTIALS, {"dimension": "value", "key": "growth", "priority_rank": 4}],
            "too_many_non_negotiables",
        ),
        (ESSENTIALS[1:], "wrong_ranks"),
        ([ESSENTIALS[0], ESSENTIALS[1] | {"priority_rank": 1}], "wrong_ranks"),
        ([ESSENTIALS[0], ESSENTIALS[0] | {"priority_rank": 2}], "named_twice"),
        ([ESSENTIALS[0] | {"key": "hiking"}], "unknown_key"),
        ([ESSENTIALS[0] | {"dimension": "sign"}], "invalid_choice"),
    ],
)
def test_bad_non_negotiables_are_refused(user, api, entries, code):
    reply = api(user).put("/api/profile/non_negotiables", {"non_negotiables": entries})
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not NonNegotiable.objects.filter(user=user).exists()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_up_to_three_non_negotiables(user, api, count):
    body = {"non_negotiables": ESSENTIALS[:count]}
    assert api(user).put("/api/profile/non_negotiables", body).json() == body


def test_readiness_shows_questions_and_own_answers(user, api):
    client = api(user)
    answers = dict.fromkeys(READINESS, 4)
    client.put("/api/profile/readiness", {"answers": answers})
    shown = client.get("/api/profile/readiness").json()
    assert [question["key"] for question in shown["questions"]] == list(READINESS)
    assert all(question["text"] for question in shown["questions"])
    assert shown["answers"] == answers


def test_readiness_is_answered_whole(user, api):
    reply = api(user).put("/api/profile/readiness", {"answers": {"trust": 5}})
    assert (reply.status_code, reply.json()["code"]) == (400, "readiness_incomplete")


def test_readiness_can_be_taken_back(user, api):
    client = api(user)
    client.put("/api/profile/readiness", {"answers": dict.fromkeys(READINESS, 4)})
    assert client.put("/api/profile/readiness", {"answers": {}}).json()["answers"] == {}


def test_answers_become_vectors_in_the_same_call(user, api, now):
    consents.grant(user_id=user.id, purpose=Purpose.MATCHING, version="v1", now=now)
    client = api(user)
    client.put("/api/profile/values", {"scores": {"honesty": 100}})
    client.put("/api/profile/preferences", SETTINGS)
    client.put("/api/profile/readiness", {"answers": dict.fromkeys(READINESS, 4)})
    profile = ConnectProfile.objects.get(user=user)
    assert profile.values_vector is not None
    assert profile.communication_vector is not None
    assert profile.emotional_readiness_score == 75


def test_no_vector_leaves_by_the_api(user, api):
    client = api(user)
    for path, body in SETS:
        client.put(f"/api/profile/{path}", body)
        assert "vector" not in client.get(f"/api/profile/{path}").content.decode()


def queries_of(save):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        save()
    return len(captured)


@pytest.mark.parametrize(
    ("save", "key", "all_keys", "number"),
    [
        (preferences.save_values, "scores", VALUES, 100),
        (preferences.save_interests, "scores", INTERESTS, 100),
        (preferences.save_readiness, "answers", READINESS, 5),
    ],
)
def test_a_larger_set_takes_no_more_queries(user, now, save, key, all_keys, number):
    preferences.save_off_limits(user_id=user.id, topics=[], now=now)
    one, whole = dict.fromkeys(all_keys[:1], number), dict.fromkeys(all_keys, number)
    few = queries_of(lambda: save(user_id=user.id, **{key: one}, now=now))
    many = queries_of(lambda: save(user_id=user.id, **{key: whole}, now=now))
    assert few == many


def test_more_topics_take_no_more_queries(user, now):
    preferences.save_off_limits(user_id=user.id, topics=[], now=now)
    few = queries_of(lambda: preferences.save_off_limits(user_id=user.id, topics=TOPICS[:1], now=now))
    many = queries_of(lambda: preferences.save_off_limits(user_id=user.id, topics=TOPICS, now=now))
    assert few == many
    assert OffLimitsTopic.objects.filter(user=user).count() == len(TOPICS)


def test_what_stays_keeps_its_row(user, now):
    preferences.save_values(user_id=user.id, scores={"honesty": 10}, now=now)
    before = ValueScore.objects.get(user=user).id
    preferences.save_values(user_id=user.id, scores={"honesty": 20}, now=now)
    assert ValueScore.objects.get(user=user).id == before


def test_one_persons_put_leaves_anothers_rows(user, now):
    other = UserFactory()
    preferences.save_interests(user_id=other.id, scores={"art": 50}, now=now)
    preferences.save_interests(user_id=user.id, scores={}, now=now)
    assert InterestScore.objects.filter(user=other).count() == 1


def test_non_negotiables_are_stored_with_their_ranks(user, now):
    essential = Essential(dimension="value", key="growth", priority_rank=1)
    preferences.save_non_negotiables(user_id=user.id, essentials=[essential], now=now)
    assert NonNegotiable.objects.get(user=user).priority_rank == 1
