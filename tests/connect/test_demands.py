"""What the pool demanded at the door it demands for as long as one stays."""

from datetime import date

import pytest
from django.db import transaction

from config.errors import WrongState
from connect.enums import Mode, Purpose
from connect.models import ConnectProfile, Consent, Profile, ValueScore
from connect.services import consents, pool, preferences, profiles
from connect.services.pool import Wishes
from tests.connect.overlap import overlap
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

FULL = {"name": "Ada", "city": "Berlin", "country": "DE", "languages": ["en"]}


def wishes(distance):
    return Wishes(Mode.BOTH, 18, 99, distance, [], [])


def newcomer():
    user = UserFactory()
    told = {"birth_date": date(1990, 1, 1), "languages": ["en"], "cell": "861f18b27ffffff", "city": "Berlin"}
    Profile.objects.create(user=user, country="DE", **told)
    ValueScore.objects.create(user=user, value_key="honesty", score=80)
    return user


def activate(user, now, distance=100):
    return pool.activate(user_id=user.id, wishes=wishes(distance), consent_version="v1", now=now)


@pytest.fixture
def member(now):
    user = newcomer()
    activate(user, now)
    return user


def is_active(user):
    return ConnectProfile.objects.get(user=user).is_active


def test_emptying_the_profile_in_the_pool_is_refused_by_name(member, api):
    reply = api(member).put("/api/profile", {})
    assert (reply.status_code, reply.json()["code"]) == (409, "needed_in_pool")
    assert reply.json()["details"] == {"missing": ["languages", "city"]}
    kept = Profile.objects.get(user=member)
    assert (kept.languages, kept.city, kept.birth_date, is_active(member)) == (["en"], "Berlin", date(1990, 1, 1), True)


def test_out_of_the_pool_it_may_be_emptied(member, api, now):
    pool.deactivate(user_id=member.id, now=now)
    assert api(member).put("/api/profile", {}).status_code == 200


def test_in_the_pool_it_may_be_changed(member, api):
    reply = api(member).put("/api/profile", FULL | {"languages": ["de"]})
    assert (reply.status_code, reply.json()["languages"]) == (200, ["de"])


def test_who_limits_no_distance_may_leave_their_place_out(member, api, now):
    activate(member, now, distance=None)
    assert api(member).patch("/api/profile", {"city": ""}).status_code == 200


def test_who_limits_the_distance_may_not(member, api):
    reply = api(member).patch("/api/profile", {"city": ""})
    assert reply.json()["details"] == {"missing": ["city"]}


def test_values_in_the_pool_may_change_but_not_go(member, api):
    client = api(member)
    assert client.put("/api/profile/values", {"scores": {"family": 10}}).status_code == 200
    reply = client.put("/api/profile/values", {"scores": {}})
    assert (reply.status_code, reply.json()["code"]) == (409, "needed_in_pool")
    assert reply.json()["details"] == {"missing": ["values"]}
    assert list(ValueScore.objects.filter(user=member).values_list("value_key", flat=True)) == ["family"]


def test_values_out_of_the_pool_may_go(member, api, now):
    pool.deactivate(user_id=member.id, now=now)
    assert api(member).put("/api/profile/values", {"scores": {}}).status_code == 200


def test_what_was_missing_before_does_not_stand_in_the_way_of_the_rest(member, now):
    Profile.objects.filter(user=member).update(languages=[])
    assert profiles.update(user_id=member.id, changes={"gender": "male"}, now=now).gender == "male"


def refusal_of(act, codes):
    """`act` as a function that notes the code it was refused with."""

    def run():
        try:
            act()
        except WrongState as refused:
            codes.append(refused.code)

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("enters_first", [True, False])
def test_coming_in_while_the_profile_is_emptied(now, enters_first):
    user, codes = newcomer(), []
    acts = [
        lambda: activate(user, now),
        lambda: profiles.update(user_id=user.id, changes={"languages": []}, now=now),
    ]
    first, second = acts if enters_first else reversed(acts)
    overlap(first, refusal_of(second, codes))
    assert codes == ["needed_in_pool" if enters_first else "profile_incomplete"]
    assert ConnectProfile.objects.filter(user=user, is_active=True).exists() is enters_first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("enters_first", [True, False])
def test_coming_in_while_values_are_emptied(now, enters_first):
    user, codes = newcomer(), []
    acts = [
        lambda: activate(user, now),
        lambda: preferences.save_values(user_id=user.id, scores={}, now=now),
    ]
    first, second = acts if enters_first else reversed(acts)
    overlap(first, refusal_of(second, codes))
    assert codes == ["needed_in_pool" if enters_first else "profile_incomplete"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("enters_first", [True, False])
def test_nobody_stays_in_the_pool_without_consent(now, enters_first):
    user = newcomer()
    with transaction.atomic():
        activate(user, now)
    acts = [
        lambda: activate(user, now),
        lambda: consents.revoke(user_id=user.id, purpose=Purpose.MATCHING, now=now),
    ]
    overlap(*(acts if enters_first else reversed(acts)))
    assert is_active(user) == Consent.objects.allows(user.id, Purpose.MATCHING) == (not enters_first)
