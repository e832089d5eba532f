from datetime import date, timedelta

import pytest

from connect import places
from connect.models import BirthData, ConnectProfile, Profile
from connect.services import births, profiles
from connect.services.births import Birthplace
from connect.signals import birth_changed, profile_changed
from tests.connect.overlap import overlap
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BODY = {
    "name": "Ada Lovelace",
    "nickname": "Ada",
    "birth_date": "1990-12-10",
    "gender": "female",
    "school": "Home",
    "city": "Berlin",
    "country": "DE",
    "bio": "Engines.",
    "languages": ["en", "de"],
}


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def told():
    facts = []

    def birth(sender, **_):
        facts.append("birth")

    def profile(sender, *, active, **_):
        facts.append(("profile", active))

    birth_changed.connect(birth, weak=False)
    profile_changed.connect(profile, weak=False)
    yield facts
    birth_changed.disconnect(birth)
    profile_changed.disconnect(profile)


def stored(user):
    return Profile.objects.get(user=user)


def test_an_empty_profile_is_read_without_making_one(user, api):
    reply = api(user).get("/api/profile")
    assert (reply.status_code, reply.json()["birth_date"], reply.json()["languages"]) == (200, None, [])
    assert not Profile.objects.filter(user=user).exists()


def test_what_was_put_is_read_again(user, api):
    client = api(user)
    assert client.put("/api/profile", BODY).json() == BODY
    assert client.get("/api/profile").json() == BODY


def test_a_put_empties_what_it_does_not_name_but_the_birth_date(user, api):
    client = api(user)
    client.put("/api/profile", BODY)
    shown = client.put("/api/profile", {"name": "Ada"}).json()
    assert (shown["name"], shown["bio"], shown["city"], shown["languages"]) == ("Ada", "", "", [])
    assert shown["birth_date"] == BODY["birth_date"]
    assert stored(user).cell == ""


def test_a_patch_leaves_what_it_does_not_name(user, api):
    client = api(user)
    client.put("/api/profile", BODY)
    assert client.patch("/api/profile", {"bio": "New."}).json() == BODY | {"bio": "New."}
    assert stored(user).cell != ""


def test_a_city_becomes_the_cell_of_its_centre(user, api):
    api(user).patch("/api/profile", {"city": "berlin", "country": "de"})
    berlin = places.city("Berlin", "DE")
    assert (stored(user).city, stored(user).country) == ("Berlin", "DE")
    assert stored(user).cell == places.cell_of(berlin.latitude, berlin.longitude)


def test_coordinates_become_a_cell_and_nothing_else(user, api):
    reply = api(user).patch("/api/profile", {"latitude": 52.4321, "longitude": 13.1234})
    row = Profile.objects.filter(user=user).values().get()
    assert row["cell"] == places.cell_of(52.4321, 13.1234)
    assert not any("52.43" in str(value) or "13.12" in str(value) for value in row.values())
    assert not {"cell", "latitude", "longitude"} & set(reply.json())


def test_neighbours_cannot_be_told_apart(user, api):
    other = UserFactory()
    api(user).patch("/api/profile", {"latitude": 52.5200, "longitude": 13.4050})
    api(other).patch("/api/profile", {"latitude": 52.5205, "longitude": 13.4055})
    assert stored(user).cell == stored(other).cell


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birth_date": "2015-01-01"}, "age_under_18"),
        ({"birth_date": "1990-02-30"}, "impossible_date"),
        ({"birth_date": "1899-12-31"}, "impossible_date"),
        ({"birth_date": "2900-01-01"}, "impossible_date"),
        ({"birth_date": "yesterday"}, "invalid"),
        ({"birth_date": "2000-W01-1"}, "invalid"),
        ({"birth_date": "20000101"}, "invalid"),
        ({"birth_date": "2000-1-1"}, "invalid"),
        ({"birth_date": "2000-01-01T00:00"}, "invalid"),
        ({"birth_date": "٢٠٠٠-٠١-٠١"}, "invalid"),
        ({"city": "Berlin", "country": "DE", "latitude": 48.14, "longitude": 11.58}, "place_contradiction"),
        ({"city": "Atlantis", "country": "DE"}, "unknown_place"),
        ({"city": "Berlin", "country": "XX"}, "unknown_place"),
        ({"latitude": -91, "longitude": 0}, "place_off_globe"),
        ({"latitude": 0, "longitude": 181}, "place_off_globe"),
        ({"languages": ["en", "xx"]}, "unknown_language"),
        ({"bio": "x" * 281}, "max_length"),
        ({"gender": "robot"}, "invalid_choice"),
        ({"cell": "861f18b27ffffff"}, "unknown_field"),
    ],
)
def test_bad_input_has_its_own_code_and_changes_nothing(user, api, change, code):
    reply = api(user).patch("/api/profile", {"name": "Changed"} | change)
    assert (reply.status_code, reply.json()["code"]) == (400, code)
    assert not Profile.objects.filter(user=user, name="Changed").exists()


def test_coordinates_in_the_city_are_taken(user, api):
    place = {"city": "Berlin", "country": "DE", "latitude": 52.4, "longitude": 13.06}
    assert api(user).patch("/api/profile", place).json()["city"] == "Berlin"
    assert stored(user).cell == places.cell_of(52.4, 13.06)


def test_new_coordinates_must_not_leave_the_city_that_stands(user, api):
    client = api(user)
    client.put("/api/profile", BODY)
    reply = client.patch("/api/profile", {"latitude": 48.14, "longitude": 11.58})
    assert (reply.status_code, reply.json()["code"]) == (400, "place_contradiction")
    berlin = places.city("Berlin", "DE")
    assert stored(user).cell == places.cell_of(berlin.latitude, berlin.longitude)


def test_moving_names_the_new_city_or_none(user, api):
    client = api(user)
    client.put("/api/profile", BODY)
    away = {"latitude": 48.14, "longitude": 11.58}
    assert client.patch("/api/profile", away | {"city": "", "country": ""}).json()["city"] == ""
    assert client.patch("/api/profile", away | {"city": "Munich", "country": "DE"}).json()["city"] == "Munich"
    assert stored(user).cell == places.cell_of(48.14, 11.58)


@pytest.mark.parametrize("emptied", [{"country": ""}, {"city": ""}])
def test_half_a_place_emptied_empties_the_place(user, api, emptied):
    client = api(user)
    client.put("/api/profile", BODY)
    assert client.patch("/api/profile", emptied).status_code == 200
    assert (stored(user).city, stored(user).country, stored(user).cell) == ("", "", "")


@pytest.mark.parametrize("half", [{"city": "Berlin"}, {"country": "DE"}, {"latitude": 1.0}, {"longitude": 1.0}])
def test_half_a_place_is_refused(user, api, half):
    reply = api(user).patch("/api/profile", half)
    assert reply.status_code == 400
    assert [entry["code"] for found in reply.json()["details"].values() for entry in found] == ["required"]


def birthday(now, years):
    """Of the youngest who are so many years old where on earth it is today last."""
    today = (now - timedelta(hours=12)).date()
    leap_day = (today.month, today.day) == (2, 29)
    return date(today.year - years, 2, 28) if leap_day else today.replace(year=today.year - years)


def test_the_eighteenth_birthday_is_old_enough(user, api, now):
    born = birthday(now, 18)
    assert api(user).patch("/api/profile", {"birth_date": born.isoformat()}).status_code == 200


def test_the_day_before_it_is_not(user, api, now):
    born = birthday(now, 18) + timedelta(days=1)
    reply = api(user).patch("/api/profile", {"birth_date": born.isoformat()})
    assert reply.json()["code"] == "age_under_18"


def test_more_languages_than_there_may_be_are_refused(user, api):
    reply = api(user).patch("/api/profile", {"languages": ["en"] * 21})
    assert reply.json()["details"]["languages"][0]["code"] == "max_length"


def test_languages_are_kept_once(user, api):
    assert api(user).patch("/api/profile", {"languages": ["de", "en", "de"]}).json()["languages"] == [
        "de",
        "en",
    ]


def test_a_birth_date_is_told_to_both(user, now, told):
    profiles.update(user_id=user.id, changes={"birth_date": date(1990, 1, 1)}, now=now)
    assert told == ["birth", ("profile", False)]


def test_somebody_in_the_pool_is_told_as_such(user, now, told):
    ConnectProfile.objects.update_or_create(user=user, defaults={"is_active": True})
    profiles.update(user_id=user.id, changes={"languages": ["fr"]}, now=now)
    assert told == [("profile", True)]


def test_a_new_bio_is_told_nobody(user, now, told):
    profiles.update(user_id=user.id, changes={"bio": "New."}, now=now)
    assert told == []


def test_birth_date_and_birth_data_share_two_changes_a_year(user, api, now):
    client = api(user)
    client.patch("/api/profile", {"birth_date": "1990-01-01"})
    assert client.patch("/api/profile", {"birth_date": "1990-01-02"}).status_code == 200
    births.save(user_id=user.id, at=None, place=Birthplace(city="Berlin", country="DE"), now=now)
    births.save(user_id=user.id, at=None, place=Birthplace(city="Vienna", country="AT"), now=now)
    reply = client.patch("/api/profile", {"birth_date": "1990-01-03"})
    assert (reply.status_code, reply.json()["code"]) == (409, "birth_change_limit")
    assert stored(user).birth_date == date(1990, 1, 2)


def test_the_same_birth_date_again_is_no_change(user, api):
    client = api(user)
    for _ in range(4):
        assert client.patch("/api/profile", {"birth_date": "1990-01-01"}).status_code == 200
    assert stored(user).birth_changes == []


def test_a_birth_date_on_which_the_birth_time_did_not_exist_is_refused(user, api):
    BirthData.objects.create(user=user, time="02:30", latitude=52.52, longitude=13.4, timezone="Europe/Berlin")
    reply = api(user).patch("/api/profile", {"birth_date": "1995-03-26"})
    assert (reply.status_code, reply.json()["code"]) == (400, "nonexistent_local_time")


def test_one_profile_does_not_touch_another(user, api):
    other = UserFactory()
    api(other).put("/api/profile", BODY)
    api(user).put("/api/profile", BODY | {"name": "Mallory"})
    assert stored(other).name == BODY["name"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("exists", [True, False])
def test_two_changes_at_once_are_both_kept(now, exists):
    user = UserFactory()
    if exists:
        Profile.objects.update_or_create(user=user)
    overlap(
        lambda: profiles.update(user_id=user.id, changes={"name": "Ada"}, now=now),
        lambda: profiles.update(user_id=user.id, changes={"school": "Home"}, now=now),
    )
    assert (stored(user).name, stored(user).school) == ("Ada", "Home")


def test_nobody_signed_in_has_no_profile(api):
    assert api().get("/api/profile").status_code == 401
