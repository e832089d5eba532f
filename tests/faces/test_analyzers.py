"""Which analyzer is used, by whom, and what is said of one that cannot be."""

import pytest

from connect.detection import detector
from faces.analyzers import AnalyzerUnavailable, analyzer
from faces.engine.analysis import EMOTIONS
from faces.enums import Expression


def test_the_setting_names_it_and_it_is_made_once():
    assert (analyzer().name, analyzer() is analyzer()) == ("classical-1", True)


def test_photos_of_profiles_are_looked_at_by_the_same():
    assert detector() is analyzer()


def test_a_name_that_nobody_bears_is_said(settings):
    settings.FACE_ANALYZER = "psychic"
    with pytest.raises(AnalyzerUnavailable, match="classical, insightface, not 'psychic'"):
        analyzer()


def test_expressions_are_those_that_are_stored():
    assert set(EMOTIONS) == set(Expression.values)
