import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from config import clock

BY_ITSELF = {
    "config/clock.py",
    # Ages in the admin are as of today.
    "connect/admin/people.py",
}
READS = re.compile(r"timezone\.(now|localdate)\(|datetime\.(now|today)\(|date\.today\(|\btime\.time\(")
OF_MACHINES = {
    # Whether a worker is alive, what Redis counts, how long something takes.
    "config/health.py",
    "connect/tasks.py",
    "safety/attempts.py",
}


def test_without_a_file_it_is_the_real_time():
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


def test_with_a_file_it_runs_ahead_by_what_stands_there(settings, tmp_path):
    file = tmp_path / "ahead"
    file.write_text("86400")
    settings.CLOCK_FILE = str(file)
    assert abs(clock.now() - timezone.now() - timedelta(days=1)) < timedelta(seconds=5)


def test_a_file_that_is_not_there_yet_moves_nothing(settings, tmp_path):
    settings.CLOCK_FILE = str(tmp_path / "ahead")
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


@pytest.mark.parametrize("app", ["config", "safety", "connect", "matching", "chat", "streaks", "faces"])
def test_nobody_else_reads_the_clock(app):
    root = Path(settings.BASE_DIR)
    files = [file for file in (root / app).rglob("*.py") if "migrations" not in file.parts]
    readers = {str(file.relative_to(root)) for file in files if READS.search(file.read_text())}
    assert readers - BY_ITSELF - OF_MACHINES == set()
