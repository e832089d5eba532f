"""The clock of a stack that was started with CLOCK_FILE, for whoever lets its days pass."""

import sys
import time as stopwatch
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.e2e.person import Broken


class Clock:
    """Days and times are UTC."""

    def __init__(self, file: Path) -> None:
        self.file, self._ahead = file, timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def go_to(self, day: date, at: time) -> None:
        """Let it be that time, which has to come yet; it runs on from there."""
        moment = datetime.combine(day, at, UTC)
        if moment < self.now:
            raise ValueError(f"{moment} is over")
        self._ahead += moment - self.now
        # In one step: the processes of the stack read it all the time.
        partial = self.file.with_suffix(".partial")
        partial.write_text(str(self._ahead.total_seconds()))
        partial.rename(self.file)


def shown(run: Callable[[Callable[[Clock, str], None]], None]) -> int:
    """Walk, and print each step with the seconds it took to come to and what the moved clock shows then."""
    started = stopwatch.monotonic()

    def say(clock: Clock, line: str) -> None:
        print(f"{stopwatch.monotonic() - started:5.1f} s  {clock.now:%d %b %H:%M}  {line}", flush=True)

    try:
        run(say)
    except (Broken, RuntimeError) as broken:
        print(f"\nThe walk broke: {broken}", file=sys.stderr)
        return 1
    print("\nEvery step held.")
    return 0
