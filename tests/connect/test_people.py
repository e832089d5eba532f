from datetime import date
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connect.enums import DisclosureLevel, DisclosureSource
from connect.models import Profile
from connect.queries import card
from connect.services import disclosures
from safety.enums import BlockSource
from safety.models import Block
from safety.roles import acting_as
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer():
    return UserFactory()


@pytest.fixture
def other():
    user = UserFactory()
    told = {
        "name": "Grace Hopper",
        "nickname": "Grace",
        "birth_date": date(1990, 1, 1),
        "gender": "female",
        "school": "Yale",
        "city": "Berlin",
        "country": "DE",
        "cell": "861f18b27ffffff",
    }
    Profile.objects.update_or_create(user=user, defaults=told)
    return user


def show(viewer, other, level, now):
    disclosures.grant_mutual(
        first=viewer.id,
        second=other.id,
        level=level,
        source=DisclosureSource.REVEAL,
        source_id=uuid4(),
        now=now,
    )


def test_a_stranger_does_not_exist(viewer, other, api):
    stranger = api(viewer).get(f"/api/people/{other.id}")
    nobody = api(viewer).get(f"/api/people/{uuid4()}")
    assert stranger.status_code == nobody.status_code == 404
    assert stranger.json() | {"request_id": ""} == nobody.json() | {"request_id": ""}


def test_a_face_alone_opens_no_profile(viewer, other, api, now):
    show(viewer, other, DisclosureLevel.FACE, now)
    assert api(viewer).get(f"/api/people/{other.id}").status_code == 404


def test_a_card_shows_no_identity(viewer, other, api, now):
    show(viewer, other, DisclosureLevel.CARD, now)
    shown = api(viewer).get(f"/api/people/{other.id}").json()
    assert (shown["nickname"], shown["level"]) == ("Grace", "card")
    assert (shown["name"], shown["gender"], shown["school"]) == (None, None, None)


def test_an_identity_shows_the_name_but_no_birth_date_or_place(viewer, other, api, now):
    show(viewer, other, DisclosureLevel.IDENTITY, now)
    shown = api(viewer).get(f"/api/people/{other.id}").json()
    assert (shown["name"], shown["school"]) == ("Grace Hopper", "Yale")
    assert not {"birth_date", "cell", "birth_changes"} & set(shown)


def test_what_was_taken_back_is_hidden(viewer, other, api, now):
    show(viewer, other, DisclosureLevel.IDENTITY, now)
    disclosures.revoke_between(first=viewer.id, second=other.id, now=now)
    assert api(viewer).get(f"/api/people/{other.id}").status_code == 404


@pytest.mark.parametrize("blocker_views", [True, False])
def test_whoever_asks_for_cards_a_block_outweighs_what_was_disclosed(viewer, other, now, blocker_views):
    third = UserFactory(person=True)
    for seen in (other, third):
        show(viewer, seen, DisclosureLevel.CARD, now)
    blocker, blocked = (viewer, other) if blocker_views else (other, viewer)
    Block.objects.create(blocker=blocker, blocked=blocked, source=BlockSource.MANUAL, alias="Someone")
    with transaction.atomic(), acting_as(viewer.id):
        assert set(card(viewer.id, [other.id, third.id], today=now.date())) == {third.id}


def test_cards_take_the_same_queries_whoever_may_be_seen(viewer, other, now):
    with transaction.atomic(), acting_as(viewer.id), CaptureQueriesContext(connection) as of_a_stranger:
        assert card(viewer.id, [other.id], today=now.date()) == {}
    people = [UserFactory(person=True) for _ in range(5)]
    for seen in people:
        show(viewer, seen, DisclosureLevel.CARD, now)
    with transaction.atomic(), acting_as(viewer.id), CaptureQueriesContext(connection) as of_five:
        assert len(card(viewer.id, [seen.id for seen in people], today=now.date())) == 5
    assert len(of_five) == len(of_a_stranger)


@pytest.mark.parametrize("blocker_views", [True, False])
def test_a_block_hides_both_ways_at_once(viewer, other, api, now, blocker_views):
    show(viewer, other, DisclosureLevel.IDENTITY, now)
    blocker, blocked = (viewer, other) if blocker_views else (other, viewer)
    Block.objects.create(blocker=blocker, blocked=blocked, source=BlockSource.MANUAL, alias="Someone")
    assert api(viewer).get(f"/api/people/{other.id}").status_code == 404


def test_a_third_person_sees_nothing_of_it(viewer, other, api, now):
    show(viewer, other, DisclosureLevel.IDENTITY, now)
    assert api(UserFactory()).get(f"/api/people/{other.id}").status_code == 404
