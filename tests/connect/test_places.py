import h3
import pytest

from config.errors import Invalid
from connect import places
from connect.languages import CODES


@pytest.mark.parametrize(
    ("name", "country", "known_as"),
    [
        ("Munich", "DE", "Munich"),
        ("münchen", "de", "Munich"),
        ("St Gallen", "CH", "Sankt Gallen"),
        ("Sao Paulo", "BR", "São Paulo"),
        ("Москва", "RU", "Moscow"),
    ],
)
def test_a_city_is_found_in_any_spelling(name, country, known_as):
    assert places.city(name, country).name == known_as


def test_of_namesakes_the_most_populous_is_meant():
    assert places.city("Frankfurt", "DE").name == "Frankfurt am Main"


def test_a_citys_own_name_goes_before_anothers_byname():
    assert places.city("Offenbach", "DE").name == "Offenbach"


@pytest.mark.parametrize(("name", "country"), [("Atlantis", "GR"), ("Munich", "XX"), ("", "DE"), ("?!", "DE")])
def test_what_is_not_a_city_is_refused(name, country):
    with pytest.raises(Invalid) as refused:
        places.city(name, country)
    assert refused.value.code == "unknown_place"


def test_coordinates_tell_namesakes_apart():
    assert places.locate("Frankfurt", "DE", 52.35, 14.55).city == "Frankfurt (Oder)"
    assert places.locate("Frankfurt", "DE", 50.11, 8.68).city == "Frankfurt am Main"


def test_a_city_alone_is_its_centre():
    berlin = places.city("Berlin", "DE")
    assert places.locate("Berlin", "DE", None, None) == places.Spot(berlin.latitude, berlin.longitude, "Berlin", "DE")


def test_coordinates_alone_name_no_city():
    assert places.locate("", "", 52.5, 13.4) == places.Spot(52.5, 13.4)


def test_nothing_is_nowhere():
    assert places.locate("", "", None, None) is None


@pytest.mark.parametrize(("degrees", "near"), [(0.85, True), (0.95, False)])
def test_coordinates_have_to_be_within_reach_of_the_city(degrees, near):
    berlin = places.city("Berlin", "DE")
    if near:
        assert places.locate("Berlin", "DE", berlin.latitude + degrees, berlin.longitude).city == "Berlin"
        return
    with pytest.raises(Invalid) as refused:
        places.locate("Berlin", "DE", berlin.latitude + degrees, berlin.longitude)
    assert refused.value.code == "place_contradiction"


def test_a_cell_has_resolution_six():
    assert h3.get_resolution(places.cell_of(52.52, 13.405)) == 6


def test_neighbours_share_a_cell_and_its_centre_only():
    one, other = places.cell_of(52.52, 13.405), places.cell_of(52.5205, 13.4055)
    assert one == other
    assert places.cell_of(*h3.cell_to_latlng(one)) == one


@pytest.mark.parametrize("place", [(90.0, 180.0), (-90.0, -180.0), (0.0, 0.0)])
def test_the_ends_of_the_globe_are_on_it(place):
    assert places.on_the_globe(*place)


@pytest.mark.parametrize("place", [(90.1, 0.0), (0.0, -180.1), (float("nan"), 0.0), (0.0, float("inf"))])
def test_off_the_globe(place):
    assert not places.on_the_globe(*place)


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (59.33, 18.07, "Europe/Stockholm"),
        (39.77, -86.16, "America/Indiana/Indianapolis"),
        (0, -150, "Etc/GMT+10"),
    ],
)
def test_zones_are_those_with_a_history_of_their_own(latitude, longitude, zone):
    assert places.zone_of(latitude, longitude) == zone


def test_languages_are_those_of_iso_639_1():
    assert len(CODES) == 183
    assert {"en", "de", "zh"} <= CODES
    assert "xx" not in CODES
