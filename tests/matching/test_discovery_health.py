"""How discovery is doing: figures for operators, what a card may say, and what is kept for how long."""

from datetime import timedelta

import pytest
from django.test import Client

from connect.enums import Mode
from connect.models import Photo, User
from matching.enums import Server
from matching.models import DiscoveryBatch, DiscoveryCard, DiscoveryEntry
from matching.models import Server as ServerRow
from matching.services import discovery_health, portrayals
from safety.services import retention
from tests.config.desk import browser, page, staff
from tests.matching.discoverers import fresh, people, refresh, seeker, settle

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("age", "band"),
    [(18, "18-19"), (19, "18-19"), (20, "20-24"), (34, "30-34"), (74, "70-74"), (75, "75+"), (99, "75+")],
)
def test_ages_are_told_in_bands(age, band):
    assert portrayals.age_band(age) == band


def test_who_can_be_found_is_counted_by_server(now):
    seeker(), seeker(pool__mode=Mode.FRIENDSHIP)
    settle(now)
    found = discovery_health.health()
    assert (found.people, found.visible) == (2, 2)
    assert {server: each.visible for server, each in found.servers.items()} == {
        Server.PARTNER: 1,
        Server.FRIEND: 2,
        Server.GROWTH: 2,
    }


def test_what_keeps_people_out_is_counted(now):
    one, two = people(2)
    Photo.objects.filter(user=one).delete()
    User.objects.filter(id=two.id).update(active_connection_count=1)
    settle(now)
    found = discovery_health.health()
    assert found.visible == 0
    assert found.unmet == {"capacity_full": 1, "face_photo_missing": 1, "photos_missing": 1}


def test_exhausted_batches_are_counted(now):
    refresh(seeker(), now)
    partner = discovery_health.health().servers[Server.PARTNER]
    assert (partner.batches, partner.exhausted) == (1, 1)


def test_uneven_exposure_shows(now):
    assert discovery_health.health().gini == 0.0
    people(4)
    settle(now)
    DiscoveryEntry.objects.filter(id=DiscoveryEntry.objects.first().id).update(exposure=9)
    assert discovery_health.health().gini == pytest.approx(0.75)


def test_the_page_of_servers_says_it_in_words(now):
    ServerRow.objects.get_or_create(code="partner", defaults={"name": "Partner", "sort_order": 1})
    refresh(seeker(), now)
    shown = browser(staff(is_superuser=True)).get(page(ServerRow)).content.decode()
    assert "Of them in Partner" in shown
    assert "100%" in shown


def test_the_metrics_say_it_too(now, settings):
    settings.METRICS_TOKEN = "metrics"
    refresh(seeker(), now)
    text = Client().get("/metrics", headers={"Authorization": "Bearer metrics"}).content.decode()
    assert 'matching_discovery_exhausted{server="partner"} 1.0' in text


def test_replaced_batches_go_with_their_cards_after_their_time(now, settings):
    me = seeker()
    seeker()
    fresh(me, now)
    refresh(me, now)
    term = settings.RETENTION["discovery"]
    retention.apply(now=now + term - timedelta(hours=1))
    assert DiscoveryBatch.objects.count() == 2
    retention.apply(now=now + term + timedelta(hours=1))
    assert DiscoveryBatch.objects.get().superseded_at is None
    assert set(DiscoveryCard.objects.values_list("batch__superseded_at", flat=True)) <= {None}
