"""One row that fails keeps back no other."""

from structlog.testing import capture_logs

from config import isolation


def halved(number, by):
    return by // number


def test_the_others_are_seen_to():
    assert isolation.each(halved, [(1, 4), (0, 4), (2, 4)], failed="not_halved") == 6


def test_a_fault_is_logged_with_its_row():
    with capture_logs() as lines:
        isolation.each(halved, [(0, 4)], failed="not_halved")
    assert [(line["event"], line["id"], line["log_level"]) for line in lines] == [("not_halved", "0", "error")]
