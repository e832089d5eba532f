"""Texts that say to the metre where somebody is."""

from connect import whereabouts

EXACT = [
    "52.5200, 13.4050",
    "Chess at 52.520008 13.404954 on Sundays",
    "52,5200; 13,4050",
    "-33.857,151.21",
    "\N{MINUS SIGN}33.8568 / +151.2153",
    "52.5200° N, 13.4050° E",
    "５２．５２００， １３．４０５０",
    "52°31'12\"N 13°24'18\"E",
    "52° 31′ 12″ n",
    "48°8′N",
    "9F4MGC4X+22",
    "gc4x+2v berlin",
    "///filled.count.soap",
    "see what3words",
    "maps.app.goo.gl/abc",
    "https://www.google.de/maps/place/x",
    "goo.gl/maps/x",
    "openstreetmap.org/way/4",
    "geo:52.5,13.4",
]
FINE = [
    "",
    "Training at 18.30, 19.45 on Tuesdays",
    "10.55 km in 48.20 minutes",
    "Tea at 80° C, nothing hotter",
    "A marathon: 42.195 km",
    "C++ and chess",
    "1500+ elo",
    "I draw maps. Old ones.",
    "Rowing in Berlin, 3 times a week",
]


def test_coordinates_codes_and_map_links_are_seen():
    assert [text for text in EXACT if not whereabouts.exact(text)] == []


def test_times_lengths_and_cities_are_not():
    assert [text for text in FINE if whereabouts.exact(text)] == []
