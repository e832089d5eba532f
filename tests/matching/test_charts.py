"""Charts: what is computed, under which consent, and what is forgotten."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from connect.enums import Purpose
from connect.models import BirthData, Consent, Profile
from connect.signals import birth_changed, consent_revoked
from matching.models import Chart
from matching.services import charts
from tests.matching.builders import account, born, consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody():
    user = account()
    Profile.objects.create(user=user, birth_date=date(1990, 6, 15))
    return user


def give_birth_data(user):
    BirthData.objects.create(user=user, time=time(2, 30), latitude=52.5, longitude=13.4, timezone="Europe/Berlin")


def revoke(user, purpose):
    now = timezone.now()
    Consent.objects.live().filter(user=user, purpose=purpose).update(revoked_at=now)
    return [
        answer
        for _, answer in consent_revoked.send(sender=None, user_id=user.id, purpose=purpose, now=now)
        if answer is not None
    ]


def test_known_time_gives_ascendant_and_one_type(somebody):
    chart = born(somebody, timezone.now())
    assert chart.astrology["ascendant"] is not None
    assert list(chart.human_design["type"].values()) == [1.0]


def test_unknown_time_gives_no_ascendant_and_probabilities(somebody):
    chart = born(somebody, timezone.now(), at=None)
    assert chart.astrology["ascendant"] is None
    moon = next(entry for entry in chart.astrology["positions"] if entry["body"] == "moon")
    assert moon["longitude"] is None
    assert moon["longitude_range"][0] != moon["longitude_range"][1]
    assert sum(chart.human_design["profile"].values()) == pytest.approx(1.0, abs=1e-3)


def test_sun_stands_where_the_almanac_has_it(somebody):
    chart = born(somebody, timezone.now(), at=time(12, 0))
    sun = next(entry for entry in chart.astrology["positions"] if entry["body"] == "sun")
    assert sun["signs"] == {"gemini": 1.0}
    assert sun["longitude"] == pytest.approx(83.9, abs=0.3)


@pytest.mark.parametrize(
    ("purpose", "given", "missing"),
    [
        (Purpose.ASTROLOGY, ("astrology", "astro_features"), ("human_design", "hd_features")),
        (Purpose.HUMAN_DESIGN, ("human_design", "hd_features"), ("astrology", "astro_features")),
    ],
)
def test_each_consent_gives_its_half_alone(somebody, purpose, given, missing):
    chart = born(somebody, timezone.now(), consents=(purpose,))
    assert all(getattr(chart, name) is not None for name in given)
    assert all(getattr(chart, name) is None for name in missing)


def test_without_consent_nothing_is_computed(somebody):
    now = timezone.now()
    born(somebody, now)
    Consent.objects.filter(user=somebody).update(revoked_at=now)
    charts.mark_due(user_id=somebody.id, now=now)
    charts.compute_due(now=now)
    chart = Chart.objects.get(user=somebody)
    assert (chart.astrology, chart.human_design, chart.astro_features, chart.hd_features) == (None,) * 4


def test_birth_data_gone_empties_the_chart(somebody):
    now = timezone.now()
    born(somebody, now)
    BirthData.objects.filter(user=somebody).delete()
    charts.mark_due(user_id=somebody.id, now=now)
    charts.compute_due(now=now)
    assert Chart.objects.get(user=somebody).astrology is None


def test_a_time_that_never_was_does_not_stop_the_others(somebody):
    now = timezone.now()
    other = account()
    Profile.objects.create(user=other, birth_date=date(2021, 3, 28))
    for user in (somebody, other):
        consent(user, Purpose.ASTROLOGY, now)
        give_birth_data(user)
        charts.mark_due(user_id=user.id, now=now)
    assert charts.compute_due(now=now) == 2
    assert Chart.objects.get(user=somebody).astrology is not None
    assert Chart.objects.get(user=other).astrology is None


def test_birth_data_removed_takes_the_chart_at_once(api, somebody):
    born(somebody, timezone.now())
    assert api(somebody).get("/api/profile/chart").status_code == 200
    api(somebody).delete("/api/profile/birth")
    assert api(somebody).get("/api/profile/chart").status_code == 404
    assert not Chart.objects.filter(user=somebody).exists()


def test_birth_changed_makes_the_chart_due(somebody):
    now = timezone.now()
    give_birth_data(somebody)
    birth_changed.send(sender=None, user_id=somebody.id, now=now)
    assert Chart.objects.get(user=somebody).due_at == now


def test_birth_changed_twice_keeps_one_row(somebody):
    now = timezone.now()
    give_birth_data(somebody)
    for moment in (now, now + timedelta(seconds=1)):
        birth_changed.send(sender=None, user_id=somebody.id, now=moment)
    assert Chart.objects.filter(user=somebody).count() == 1


def test_computed_is_not_due_any_more(somebody):
    now = timezone.now()
    born(somebody, now)
    assert charts.compute_due(now=now) == 0


def test_claimed_is_left_to_its_claimant(somebody):
    now = timezone.now()
    charts.mark_due(user_id=somebody.id, now=now)
    Chart.objects.filter(user=somebody).update(claimed_until=now + timedelta(minutes=1))
    assert charts.compute_due(now=now) == 0
    assert charts.compute_due(now=now + timedelta(minutes=2)) == 1


def test_changed_while_computing_stays_due(somebody, monkeypatch):
    now = timezone.now()
    later = now + timedelta(seconds=1)
    charts.mark_due(user_id=somebody.id, now=now)
    real = charts._compute

    def slow(births):
        charts.mark_due(user_id=somebody.id, now=later)
        return real(births)

    monkeypatch.setattr(charts, "_compute", slow)
    charts.compute_due(now=now)
    assert Chart.objects.get(user=somebody).due_at == later


def test_consent_gone_while_computing_keeps_nothing(somebody, monkeypatch):
    now = timezone.now()
    real = charts._compute

    def slow(births):
        revoke(somebody, Purpose.ASTROLOGY)
        return real(births)

    monkeypatch.setattr(charts, "_compute", slow)
    chart = born(somebody, now)
    assert chart.astrology is None
    assert chart.human_design is not None


@pytest.mark.parametrize(
    ("purpose", "gone", "kept"),
    [
        (Purpose.ASTROLOGY, charts.HALVES[Purpose.ASTROLOGY], charts.HALVES[Purpose.HUMAN_DESIGN]),
        (Purpose.HUMAN_DESIGN, charts.HALVES[Purpose.HUMAN_DESIGN], charts.HALVES[Purpose.ASTROLOGY]),
    ],
)
def test_revoking_deletes_its_half_at_once_and_says_so(somebody, purpose, gone, kept):
    born(somebody, timezone.now(), at=None)
    assert {"charts": 1, "proposals": 0, "scores": 0} in revoke(somebody, purpose)
    chart = Chart.objects.get(user=somebody)
    assert all(getattr(chart, name) is None for name in gone)
    assert all(getattr(chart, name) is not None for name in kept)


def test_revoking_what_was_never_derived_deletes_nothing(somebody):
    assert {"charts": 0, "proposals": 0, "scores": 0} in revoke(somebody, Purpose.ASTROLOGY)
