"""A rollover is killed before any of its statements, again and again, and run twice: it ends as the rules say (17)."""

import os
import random
import signal
import subprocess
import sys
from datetime import date, time, timedelta

import pytest
from django.conf import settings as configured

from safety.models import AuditLog
from streaks.models import Streak
from streaks.services import rollover
from tests.faults.live import database_url
from tests.lengths import MORE
from tests.streaks.kinds import differences, everybody, moment, seen

pytestmark = pytest.mark.django_db(transaction=True)

# Around the beginning and the end of summer time, and as far east and west as there are clocks.
CASES = [
    (1, ["Europe/Berlin", "Etc/GMT-14"], date(2026, 3, 28)),
    (2, ["Pacific/Kiritimati", "Etc/GMT+12"], date(2026, 10, 24)),
    (3, ["Africa/Cairo", "America/New_York"], date(2026, 4, 23)),
]
KILLS = 3 * MORE


def started(now, batch):
    own = os.environ | {"DATABASE_URL": database_url(), "DATABASE_LOGIN": "worker"}
    command = [sys.executable, "-m", "tests.faults.rolling", now.isoformat(), str(batch)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, env=own, cwd=configured.BASE_DIR, text=True, **pipes)


def run_and_kill(now, batch, statements):
    """Let it ask so many things, and no more."""
    process = started(now, batch)
    for _ in range(statements):
        if process.stdout.readline() != "about to\n":
            break
        process.stdin.write("go\n")
        process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.wait(20)


def stand(made):
    return {row.id: seen(row) for row in Streak.objects.filter(id__in=[each.streak.id for each in made])}


@pytest.mark.parametrize("seed, zones, last", CASES)
def test_wherever_it_is_killed_the_next_one_goes_on(seed, zones, last):
    drawn = random.Random(seed)
    made = everybody(zones, last)
    now = max(moment(zone, last + timedelta(days=2), time(0, 5)) for zone in zones)
    before = stand(made)
    for _ in range(KILLS):
        run_and_kill(now, batch=4, statements=drawn.randint(1, 24))
        wrong = {(name, zone) for name, zone, *_ in differences(made, now)}
        halfway = [each for each in made if (each.kind.name, each.story.zone) in wrong]
        assert stand(halfway) == {each.streak.id: before[each.streak.id] for each in halfway}
    while Streak.objects.due(now).exists():  # what a killed one held is free when the database has noticed
        rollover.roll_over(now=now)
    assert differences(made, now) == []
    moves = AuditLog.objects.filter(entity="streaks_streak").count()
    assert rollover.roll_over(now=now) == 0
    assert AuditLog.objects.filter(entity="streaks_streak").count() == moves
    assert differences(made, now) == []
