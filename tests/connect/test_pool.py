from datetime import date, timedelta

import pytest
from drf_spectacular.generators import SchemaGenerator

from config.errors import WrongState
from connect.enums import Gender, Mode, Purpose
from connect.models import ConnectProfile, Consent, Profile, ReadinessAnswer, ValueScore
from connect.services import pool, preferences
from connect.services.pool import Wishes
from connect.signals import profile_changed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BODY = {
    "mode": "both",
    "minAge": 27,
    "maxAge": 42,
    "distanceKm": 120,
    "preferredGenders": ["female"],
    "languagePref": ["en", "de"],
    "consentVersion": "v1",
}
WISHES = Wishes(
    mode=Mode.BOTH,
    min_age=27,
    max_age=42,
    distance_km=None,
    preferred_genders=[Gender.FEMALE],
    language_pref=["en"],
)


@pytest.fixture
def user():
    user = UserFactory()
    told = {"birth_date": date(1990, 1, 1), "languages": ["en"], "cell": "861f18b27ffffff"}
    Profile.objects.update_or_create(user=user, defaults=told)
    ValueScore.objects.create(user=user, value_key="honesty", score=80)
    return user


@pytest.fixture
def told():
    facts = []

    def receive(sender, *, user_id, active, now, **_):
        facts.append((user_id, active, now))

    profile_changed.connect(receive, weak=False)
    yield facts
    profile_changed.disconnect(receive)


def activate(user, now, wishes=WISHES):
    return pool.activate(user_id=user.id, wishes=wishes, consent_version="v1", now=now)


def test_activating_grants_matching_and_enters_the_pool(user, now):
    profile = activate(user, now)
    profile.refresh_from_db()
    assert (profile.is_active, profile.activated_at, profile.consented_at) == (True, now, now)
    assert Consent.objects.allows(user.id, Purpose.MATCHING)


def test_activating_is_told_once(user, now, told):
    activate(user, now)
    assert told == [(user.id, True, now)]


def test_activating_makes_vectors_of_earlier_answers(user, now):
    preferences.save_values(user_id=user.id, scores={"honesty": 100}, now=now)
    assert ConnectProfile.objects.get(user=user).values_vector is None
    activate(user, now)
    assert ConnectProfile.objects.get(user=user).values_vector is not None


def test_activating_again_replaces_the_wishes_only(user, now):
    first = activate(user, now)
    later = now + timedelta(days=1)
    second = activate(user, later, Wishes(Mode.FRIENDSHIP, 18, 99, None, [], []))
    second.refresh_from_db()
    assert (second.id, second.mode, second.activated_at, second.consented_at) == (
        first.id,
        "friendship",
        now,
        now,
    )
    assert Consent.objects.filter(user=user).count() == 1


@pytest.mark.parametrize(
    ("lacking", "distance", "missing"),
    [
        ({"birth_date": None}, None, ["birth_date"]),
        ({"languages": []}, None, ["languages"]),
        ({"cell": ""}, 50, ["city"]),
        ({"birth_date": None, "languages": [], "cell": ""}, 50, ["birth_date", "languages", "city"]),
        ({}, None, ["values"]),
    ],
)
def test_an_incomplete_profile_is_refused_by_name(user, now, lacking, distance, missing):
    if lacking:
        Profile.objects.filter(user=user).update(**lacking)
    else:
        ValueScore.objects.filter(user=user).delete()
    wishes = Wishes(Mode.BOTH, 18, 99, distance, [], [])
    with pytest.raises(WrongState) as refused:
        activate(user, now, wishes)
    assert (refused.value.code, refused.value.details) == ("profile_incomplete", {"missing": missing})
    assert not Consent.objects.filter(user=user).exists()


def test_readiness_does_not_stand_in_for_values(user, now):
    ValueScore.objects.filter(user=user).delete()
    ReadinessAnswer.objects.create(user=user, question_key="trust", answer=4)
    with pytest.raises(WrongState) as refused:
        activate(user, now)
    assert refused.value.details == {"missing": ["values"]}


def test_no_place_is_needed_without_a_distance(user, now):
    Profile.objects.filter(user=user).update(cell="")
    assert activate(user, now).is_active


def test_leaving_the_pool_is_told_and_keeps_consent(user, now, told):
    activate(user, now)
    pool.deactivate(user_id=user.id, now=now)
    assert told[1:] == [(user.id, False, now)]
    assert not ConnectProfile.objects.get(user=user).is_active
    assert Consent.objects.allows(user.id, Purpose.MATCHING)


def test_leaving_twice_is_told_once(user, now, told):
    activate(user, now)
    for _ in range(2):
        pool.deactivate(user_id=user.id, now=now)
    assert len(told) == 2


def test_coming_back_starts_anew(user, now):
    activate(user, now)
    pool.deactivate(user_id=user.id, now=now)
    later = now + timedelta(days=3)
    assert activate(user, later).activated_at == later


def test_the_api_answers_as_specified(user, api):
    client = api(user)
    reply = client.post("/connect/activate", BODY)
    profile = ConnectProfile.objects.get(user=user)
    assert (reply.status_code, reply.json()) == (
        200,
        {"ok": True, "status": "active", "profileId": str(profile.id)},
    )
    assert (profile.min_age, profile.distance_km, profile.language_pref) == (27, 120, ["en", "de"])
    assert client.post("/connect/deactivate").json() == {"ok": True, "status": "inactive"}


def test_a_distance_may_be_left_open(user, api):
    reply = api(user).post("/connect/activate", BODY | {"distanceKm": None})
    assert reply.status_code == 200
    assert ConnectProfile.objects.get(user=user).distance_km is None


def test_the_same_key_gives_the_same_reply(user, api, told):
    client = api(user)
    first = client.post("/connect/activate", BODY, key="once")
    assert client.post("/connect/activate", BODY, key="once").json() == first.json()
    assert len(told) == 1


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"minAge": 17}, "age_under_18", "minAge"),
        ({"minAge": 18, "maxAge": 17}, "age_under_18", "maxAge"),
        ({"maxAge": 17}, "age_under_18", "maxAge"),
        ({"maxAge": 26}, "age_range_reversed", "maxAge"),
        ({"minAge": 121}, "max_value", "minAge"),
        ({"minAge": 43}, "age_range_reversed", "maxAge"),
        ({"maxAge": 121}, "max_value", "maxAge"),
        ({"distanceKm": 0}, "min_value", "distanceKm"),
        ({"distanceKm": 20001}, "max_value", "distanceKm"),
        ({"preferredGenders": ["robot"]}, "invalid_choice", "preferredGenders.0"),
        ({"languagePref": ["xx"]}, "unknown_language", "languagePref"),
        ({"mode": "marriage"}, "invalid_choice", "mode"),
        ({"min_age": 30}, "unknown_field", "min_age"),
    ],
)
def test_bad_wishes_are_refused_by_name(user, api, change, code, where):
    reply = api(user).post("/connect/activate", BODY | change)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert list(reply.json()["details"]) == [where]
    assert not ConnectProfile.objects.filter(user=user).exists()


def test_an_unknown_consent_version_is_refused(user, api):
    reply = api(user).post("/connect/activate", BODY | {"consentVersion": "v9"})
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_consent_version")
    assert not ConnectProfile.objects.filter(user=user).exists()


def test_an_incomplete_profile_is_a_conflict(api):
    reply = api(UserFactory()).post("/connect/activate", BODY)
    assert (reply.status_code, reply.json()["code"]) == (409, "profile_incomplete")
    assert reply.json()["details"]["missing"] == ["birth_date", "languages", "city", "values"]


@pytest.mark.parametrize(
    ("field", "bounds"), [("minAge", (18, 120)), ("maxAge", (18, 120)), ("distanceKm", (1, 20_000))]
)
def test_the_schema_shows_the_bounds(field, bounds):
    shown = SchemaGenerator().get_schema(public=True)["components"]["schemas"]["ActivateInputRequest"]["properties"][
        field
    ]
    assert (shown["minimum"], shown["maximum"]) == bounds


@pytest.mark.parametrize("ages", [{"minAge": 18, "maxAge": 120}, {"minAge": 30, "maxAge": 30}])
def test_the_bounds_are_included(user, api, ages):
    assert api(user).post("/connect/activate", BODY | ages).status_code == 200
