"""A stack of its own; that one starts, and does what its settings say, is seen by the walk of fifteen days."""

import subprocess
import sys

import pytest

from config import embedded
from config.run import fresh_stack, state


@pytest.fixture
def running(tmp_path, monkeypatch):
    """One that runs already, with something in its folder."""
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    place = embedded.locate("fresh", below=tmp_path / "walk")
    place.var.mkdir(parents=True)
    # The words after the program are its command line's, by which such a process is known.
    with subprocess.Popen([sys.executable, "-c", "input()", state.MARK], stdin=subprocess.PIPE) as process:
        state.record(place, state.Stack("http://127.0.0.1:1", process.pid))
        yield place
        process.kill()


def test_it_lies_beside_the_others(tmp_path):
    assert embedded.locate("fresh", below=tmp_path / "walk").var == tmp_path / "walk" / "fresh"


def test_one_that_runs_is_left_alone(running):
    with pytest.raises(RuntimeError, match="One runs already on http://127.0.0.1:1"), fresh_stack("walk"):
        pass
    assert state.running(running)
