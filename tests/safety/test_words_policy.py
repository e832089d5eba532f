"""What risk leads to what."""

import pytest

from safety.words.policy import HIGHEST, SEVEREST, THRESHOLDS, Action, decide
from safety.words.rules import Label


@pytest.mark.parametrize(
    ("risk", "action"),
    [
        (39, Action.ALLOW),
        (40, Action.WARN),
        (69, Action.WARN),
        (70, Action.HOLD),
        (89, Action.HOLD),
        (90, Action.BLOCK),
        (500, Action.BLOCK),
    ],
)
def test_the_risk_decides_the_action(risk, action):
    assert decide({Label.THREAT: risk})[0] == action


def test_a_risk_below_the_first_threshold_has_no_label():
    assert decide({Label.THREAT: 39}) == (Action.ALLOW, None, 39)


def test_nothing_found_is_allowed():
    assert decide({}) == (Action.ALLOW, None, 0)


def test_a_lowered_risk_is_never_below_nothing():
    assert decide({Label.THREAT: -60}) == (Action.ALLOW, None, 0)


def test_the_risk_is_capped():
    assert decide({Label.THREAT: 300})[2] == HIGHEST


def test_the_label_of_most_risk_decides():
    assert decide({Label.SPAM_OPENER: 50, Label.SCAM_MONEY: 60})[1] == Label.SCAM_MONEY


def test_of_equal_risks_the_graver_label_decides():
    assert decide({Label.SPAM_OPENER: 50, Label.THREAT: 50})[1] == Label.THREAT


def test_what_needs_care_comes_before_what_needs_refusal():
    assert decide({Label.SELF_HARM: 60, Label.THREAT: 100})[:2] == (Action.WARN, Label.SELF_HARM)


@pytest.mark.parametrize("label", Label)
def test_no_label_goes_further_than_its_severest_action(label):
    assert decide({label: HIGHEST})[0] == SEVEREST[label]


def test_a_cry_for_help_is_never_held_back():
    assert SEVEREST[Label.SELF_HARM] == Action.WARN


def test_the_thresholds_rise_with_the_action():
    assert list(THRESHOLDS.values()) == sorted(THRESHOLDS.values())
