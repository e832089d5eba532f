"""Which language somebody reads: by their header, by what they speak."""

import pytest

from config.languages import accepted, spoken


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("EN-us", "en"),
        ("fr, de;q=0.4, en;q=0.8", "en"),
        ("fr;q=0.9, de;q=0.1", "de"),
    ],
)
def test_the_best_liked_of_ours(header, language):
    assert accepted(header) == language


@pytest.mark.parametrize("header", ["", "*", "fr, it;q=0.5", "de;q=0", ";;;", "de" * 400, "\0", "../../de"])
def test_none_of_ours(header):
    assert accepted(header) is None


@pytest.mark.parametrize(("codes", "language"), [(["fr", "de", "en"], "de"), (["en", "de"], "en")])
def test_the_first_spoken_of_ours(codes, language):
    assert spoken(codes) == language


@pytest.mark.parametrize("codes", [[], ["fr"]])
def test_who_speaks_none_of_ours_reads_english(codes):
    assert spoken(codes) == "en"
