"""The clock of a stack that was started with CLOCK_FILE, for whoever lets its days pass."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path


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
