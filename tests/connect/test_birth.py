from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from config.errors import Invalid, NotYours, WrongState
from connect.models import BirthData, Profile
from connect.services import births
from connect.services.births import Birthplace
from connect.signals import birth_changed
from tests.factories import UserFactory

BERLIN = Birthplace(city="Berlin", country="DE")
VIENNA = Birthplace(city="Vienna", country="AT")


@pytest.fixture
def user(db):
    return UserFactory()


@pytest.fixture
def told():
    moments = []

    def receive(sender, *, user_id, now, **_):
        moments.append((user_id, now))

    birth_changed.connect(receive, weak=False)
    yield moments
    birth_changed.disconnect(receive)


def save(user, *, now, at=time(8, 30), place=BERLIN):
    return births.save(user_id=user.id, at=at, place=place, now=now)


@pytest.mark.parametrize(
    ("day", "at", "zone", "moment"),
    [
        # An ordinary summer and winter.
        (date(1990, 7, 1), time(12), "Europe/Berlin", datetime(1990, 7, 1, 10, tzinfo=UTC)),
        (date(1990, 1, 1), time(12), "Europe/Berlin", datetime(1990, 1, 1, 11, tzinfo=UTC)),
        # No summer time in Germany between 1950 and 1979.
        (date(1970, 7, 1), time(12), "Europe/Berlin", datetime(1970, 7, 1, 11, tzinfo=UTC)),
        # Double summer time, 1947.
        (date(1947, 6, 1), time(12), "Europe/Berlin", datetime(1947, 6, 1, 9, tzinfo=UTC)),
        # Sweden had none of it.
        (date(1947, 6, 1), time(12), "Europe/Stockholm", datetime(1947, 6, 1, 11, tzinfo=UTC)),
        # Quarters of an hour; a zone that moved; local mean time.
        (date(1985, 1, 1), time(12), "Asia/Kathmandu", datetime(1985, 1, 1, 6, 30, tzinfo=UTC)),
        (date(1986, 1, 2), time(12), "Asia/Kathmandu", datetime(1986, 1, 2, 6, 15, tzinfo=UTC)),
        (date(1900, 1, 1), time(12), "Europe/Amsterdam", datetime(1900, 1, 1, 11, 40, 28, tzinfo=UTC)),
    ],
)
def test_the_offset_of_that_place_on_that_day_counts(day, at, zone, moment):
    assert births.instant(day, at, zone) == moment


def test_an_hour_that_came_twice_is_its_first_coming():
    first = births.instant(date(1995, 9, 24), time(2, 30), "Europe/Berlin")
    assert first == datetime(1995, 9, 24, 0, 30, tzinfo=UTC)


def test_an_hour_that_never_came_is_refused():
    with pytest.raises(Invalid) as refused:
        births.instant(date(1995, 3, 26), time(2, 30), "Europe/Berlin")
    assert refused.value.code == "nonexistent_local_time"


@pytest.mark.parametrize("at", [time(1, 59), time(3, 0)])
def test_the_minutes_around_it_exist(at):
    assert births.instant(date(1995, 3, 26), at, "Europe/Berlin").tzinfo is UTC


@pytest.mark.parametrize(("day", "hours"), [(date(1995, 3, 26), 23), (date(1995, 6, 1), 24), (date(1995, 9, 24), 25)])
def test_a_day_is_as_long_as_it_was(day, hours):
    start, end = births.day_bounds(day, "Europe/Berlin")
    assert end - start == timedelta(hours=hours)


def test_a_day_whose_midnight_was_skipped_starts_at_the_jump():
    start, end = births.day_bounds(date(2000, 10, 8), "America/Sao_Paulo")
    assert start == datetime(2000, 10, 8, 3, tzinfo=UTC)
    assert end - start == timedelta(hours=23)


def test_a_day_that_was_left_out_is_refused():
    with pytest.raises(Invalid) as refused:
        births.day_bounds(date(2011, 12, 30), "Pacific/Apia")
    assert refused.value.code == "nonexistent_local_time"


def test_the_day_before_it_is_whole():
    start, end = births.day_bounds(date(2011, 12, 29), "Pacific/Apia")
    assert end - start == timedelta(hours=24)


def test_a_city_gives_coordinates_and_zone(user, now):
    data = save(user, now=now)
    assert (data.city, data.country, data.timezone) == ("Berlin", "DE", "Europe/Berlin")
    assert abs(data.latitude - Decimal("52.52")) < 1


def test_coordinates_are_taken_before_the_citys_centre(user, now):
    place = Birthplace(city="Berlin", country="DE", latitude=52.4, longitude=13.1)
    assert save(user, now=now, place=place).latitude == Decimal("52.4")


def test_coordinates_alone_are_enough(user, now):
    data = save(user, now=now, place=Birthplace(latitude=48.2, longitude=16.37))
    assert (data.city, data.timezone) == ("", "Europe/Vienna")


def test_no_place_is_refused(user, now):
    with pytest.raises(Invalid) as refused:
        save(user, now=now, place=Birthplace())
    assert refused.value.code == "unknown_place"


def test_an_unknown_time_stays_unknown(user, now):
    assert save(user, now=now, at=None).time_known is False


def test_a_change_is_told(user, now, told):
    save(user, now=now)
    assert told == [(user.id, now)]


def test_the_same_again_is_no_change(user, now, told):
    save(user, now=now)
    save(user, now=now)
    assert len(told) == 1
    assert Profile.objects.get(user=user).birth_changes == []


def test_the_first_time_is_free_and_two_changes_a_year_are_allowed(user, now):
    save(user, now=now)
    save(user, now=now, at=time(9))
    assert save(user, now=now, place=VIENNA).city == "Vienna"


def test_a_third_change_is_refused(user, now):
    for hour in (8, 9, 10):
        save(user, now=now, at=time(hour))
    with pytest.raises(WrongState) as refused:
        save(user, now=now, at=time(11))
    assert refused.value.code == "birth_change_limit"
    assert refused.value.details["possible_from"] == (now + timedelta(days=365)).isoformat()
    assert BirthData.objects.get(user=user).time == time(10)


def test_a_year_later_it_is_free_again(user, now):
    for hour in (8, 9, 10):
        save(user, now=now, at=time(hour))
    assert save(user, now=now + timedelta(days=366), at=time(11)).time == time(11)


def test_deleting_and_setting_again_is_no_way_around_the_limit(user, now):
    for _ in range(2):
        save(user, now=now)
        births.remove(user_id=user.id, now=now)
    with pytest.raises(WrongState) as refused:
        save(user, now=now)
    assert refused.value.code == "birth_change_limit"


def test_deleting_is_always_possible_and_told(user, now, told):
    for hour in (8, 9, 10):
        save(user, now=now, at=time(hour))
    births.remove(user_id=user.id, now=now)
    assert not BirthData.objects.exists()
    assert len(told) == 4


def test_deleting_what_is_not_there_is_refused(user, now):
    with pytest.raises(NotYours):
        births.remove(user_id=user.id, now=now)


def test_a_time_that_did_not_exist_on_the_birth_date_is_refused(user, now):
    Profile.objects.update_or_create(user=user, defaults={"birth_date": date(1995, 3, 26)})
    with pytest.raises(Invalid) as refused:
        save(user, now=now, at=time(2, 30))
    assert refused.value.code == "nonexistent_local_time"
    assert not BirthData.objects.exists()


def test_birth_data_over_the_api(user, api):
    client = api(user)
    body = {"time": "08:30", "city": "Zürich", "country": "CH"}
    assert client.put("/api/profile/birth", body).status_code == 200
    shown = client.get("/api/profile/birth").json()
    assert (shown["time"], shown["time_known"], shown["timezone"]) == ("08:30", True, "Europe/Zurich")
    assert client.delete("/api/profile/birth").status_code == 204
    assert client.get("/api/profile/birth").status_code == 404


@pytest.mark.parametrize(
    ("said", "shown"), [("08:30", "08:30"), ("08:30:00", "08:30"), ("08:30:15", "08:30:15"), (None, None)]
)
def test_seconds_may_be_said_and_are_shown_where_there_are_any(user, api, said, shown):
    client = api(user)
    reply = client.put("/api/profile/birth", {"time": said, "city": "Berlin", "country": "DE"})
    assert (reply.status_code, reply.json()["time"]) == (200, shown)
    assert client.get("/api/profile/birth").json()["time"] == shown


def test_a_place_nobody_knows_is_given_by_coordinates_alone(user, api):
    reply = api(user).put("/api/profile/birth", {"time": None, "latitude": 54.65, "longitude": 20.1})
    assert (reply.status_code, reply.json()["city"], reply.json()["latitude"]) == (200, "", 54.65)


def test_nobody_sees_anothers_birth_data(user, api, now):
    save(user, now=now)
    assert api(UserFactory()).get("/api/profile/birth").status_code == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"time": "25:00"}, "invalid"),
        ({"time": "noon"}, "invalid"),
        ({"time": "8:30"}, "invalid"),
        ({"time": "0830"}, "invalid"),
        ({"time": "08"}, "invalid"),
        ({"time": "08:30:00.5"}, "invalid"),
        ({"time": "08:30Z"}, "invalid"),
        ({"time": "T08:30"}, "invalid"),
        ({"latitude": 48.14, "longitude": 11.58}, "place_contradiction"),
        ({"city": "Atlantis", "latitude": 52.5, "longitude": 13.4}, "unknown_place"),
        ({"city": "Atlantis"}, "unknown_place"),
        ({"city": "", "country": ""}, "unknown_place"),
        ({"country": ""}, "required"),
        ({"latitude": 91, "longitude": 0}, "place_off_globe"),
        ({"latitude": 10}, "required"),
        ({"latitude": "nan", "longitude": 0}, "wrong_type"),
        ({"timezone": "UTC"}, "unknown_field"),
    ],
)
def test_bad_birth_data_is_refused(user, api, change, code):
    body = {"time": "08:30", "city": "Berlin", "country": "DE"} | change
    reply = api(user).put("/api/profile/birth", body)
    problem = reply.json()
    assert reply.status_code == 400
    assert code in {problem["code"], *(e["code"] for found in problem["details"].values() for e in found)}
    assert not BirthData.objects.exists()
