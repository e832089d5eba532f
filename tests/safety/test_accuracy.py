"""What a person's reports are worth."""

from itertools import pairwise

import pytest

from safety.accuracy import HEAVIEST, LIGHTEST, accuracy, priority, weight
from safety.enums import SEVERITY_BY_REASON, Severity


@pytest.mark.parametrize(
    "confirmed, decided, expected", [(0, 0, 1 / 2), (1, 1, 3 / 5), (0, 1, 2 / 5), (0, 5, 2 / 9), (5, 5, 7 / 9)]
)
def test_accuracy_is_the_mean_of_the_posterior(confirmed, decided, expected):
    assert accuracy(confirmed=confirmed, decided=decided) == pytest.approx(expected)


def test_somebody_new_weighs_one():
    assert weight(confirmed=0, decided=0) == 1


@pytest.mark.parametrize("confirmed, decided, bound", [(1000, 1000, HEAVIEST), (0, 1000, LIGHTEST)])
def test_nobody_is_obeyed_or_silenced(confirmed, decided, bound):
    assert weight(confirmed=confirmed, decided=decided) == bound


def test_each_confirmed_report_adds_weight():
    weights = [weight(confirmed=n, decided=4) for n in range(5)]
    assert weights == sorted(set(weights))


def test_the_weight_never_lifts_a_report_over_a_graver_one():
    order = [Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]
    for lesser, graver in pairwise(order):
        assert priority(lesser, HEAVIEST) < priority(graver, LIGHTEST)


def test_every_severity_has_a_rank():
    assert all(priority(severity, 1) > 0 for severity in SEVERITY_BY_REASON.values())
