"""Invented people where discovery finds them."""

import pytest

from connect import requirements
from connect.models import Hobby, HobbyOption, Photo, User
from matching.models import DiscoveryEntry
from matching.services import simulations
from tests.factories import HobbyOptionFactory
from tests.matching.discoverers import GROWTH, refresh, shown

pytestmark = pytest.mark.django_db
N, SEED = 12, 3


@pytest.fixture
def invented(now):
    HobbyOptionFactory.create_batch(8)
    simulations.make_for_discovery(people=N, seed=SEED, keep=False, now=now)


def test_they_meet_all_that_discovery_asks(invented):
    assert User.objects.filter(requirements.met()).count() == N
    assert DiscoveryEntry.objects.filter(visible=True).count() == N


def test_one_of_them_gets_cards_of_others(invented, now):
    me = User.objects.first()
    batch = refresh(me, now, GROWTH)
    others = set(User.objects.exclude(id=me.id).values_list("id", flat=True))
    assert set() < set(shown(batch)) <= others
    assert batch.exhausted == (len(shown(batch)) < 5)


def test_removing_them_leaves_nothing(invented, now):
    refresh(User.objects.first(), now, GROWTH)
    assert simulations.remove() == N
    assert [model.objects.count() for model in (User, Photo, Hobby, DiscoveryEntry)] == [0, 0, 0, 0]
    assert HobbyOption.objects.exists()
