"""What a card tells of a person, and what it leaves out."""

import pytest
from django.utils import timezone

from matching.enums import DistanceBand
from matching.services import portrayals
from tests.factories import HobbyFactory, ProfileFactory

pytestmark = pytest.mark.django_db


def told(description):
    person = ProfileFactory(name="Ada Secretname", school="Mill College").user
    HobbyFactory(user=person, description=description)
    bands = dict.fromkeys([person.id], next(iter(DistanceBand)))
    (shown,) = portrayals.snapshots(bands, viewer_hobbies=[], today=timezone.now().date()).values()
    return shown["hobbies"][0]["description"]


def test_what_somebody_says_of_a_hobby_is_shown():
    assert told("Slow games, with tea.") == "Slow games, with tea."


@pytest.mark.parametrize("said", ["I am ada.", "Call me SECRETNAME!", "Chess at Mill"])
def test_not_where_they_name_themselves(said):
    assert told(said) == ""


def test_nor_where_they_say_to_the_metre_where_they_are():
    assert told("Chess at 52.5200, 13.4050") == ""
