"""The days of a time zone, as moments."""

from datetime import UTC, date, datetime, timedelta

import pytest

from streaks.engine import days


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, day, begins",
    [
        ("UTC", date(2026, 3, 1), utc(2026, 3, 1)),
        ("Pacific/Kiritimati", date(2026, 3, 1), utc(2026, 2, 28, 10)),
        ("Etc/GMT-14", date(2026, 3, 1), utc(2026, 2, 28, 10)),
        ("Etc/GMT+12", date(2026, 3, 1), utc(2026, 3, 1, 12)),
        ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 28, 23)),
        ("Europe/Berlin", date(2026, 3, 30), utc(2026, 3, 29, 22)),
        ("Africa/Cairo", date(2026, 4, 24), utc(2026, 4, 23, 22)),  # the clock leaves midnight out
        ("America/Havana", date(2026, 11, 1), utc(2026, 11, 1, 4)),  # midnight comes twice: the first one counts
        ("America/Sao_Paulo", date(2018, 2, 18), utc(2018, 2, 18, 3)),  # an hour of the day before is repeated
        ("America/St_Johns", date(2010, 11, 7), utc(2010, 11, 7, 2, 30)),  # the clock goes back over midnight
    ],
)
def test_a_day_begins_when_its_date_is_first_shown(zone, day, begins):
    assert days.begins(zone, day) == begins


def test_a_day_that_has_begun_does_not_go_back_with_the_clock():
    begun = days.begins("America/St_Johns", date(2010, 11, 7))
    shown = (begun + timedelta(minutes=30)).astimezone(days.ZoneInfo("America/St_Johns")).date()
    assert (shown, days.local_date("America/St_Johns", begun + timedelta(minutes=30))) == (
        date(2010, 11, 6),
        date(2010, 11, 7),
    )


def test_a_date_that_a_zone_leaves_out_takes_no_time():
    left_out = date(2011, 12, 30)
    assert days.begins("Pacific/Apia", left_out) == days.ends("Pacific/Apia", left_out)
    assert days.following("Pacific/Apia", date(2011, 12, 29)) == date(2011, 12, 31)


@pytest.mark.parametrize(
    "zone, day, cutoff",
    [
        ("Europe/Berlin", date(2026, 3, 28), utc(2026, 3, 28, 19)),
        ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 29, 18)),
        ("Asia/Kathmandu", date(2026, 3, 29), utc(2026, 3, 29, 14, 15)),
    ],
)
def test_the_cut_off_is_at_eight_in_the_evening_there(zone, day, cutoff):
    assert days.cutoff(zone, day) == cutoff


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Havana", "Pacific/Apia", "America/St_Johns", "Asia/Beirut"])
def test_days_follow_each_other_without_gap_or_overlap(zone):
    day = date(2009, 1, 1)
    while day < date(2012, 1, 1):
        following = days.following(zone, day)
        assert days.ends(zone, day) == days.begins(zone, following) > days.begins(zone, day)
        assert days.local_date(zone, days.ends(zone, day) - timedelta(seconds=1)) == day
        assert days.local_date(zone, days.ends(zone, day)) == following
        day = following
