"""What the dashboard shows of streaks."""

from config.figures import Bars, Source, Term, read, register
from streaks.engine.states import DAYS

SURVIVAL = Bars(
    "Streaks that reached a day",
    "Streaks by the day they began, and how many days in a row the two had come at best by now",
    [("begun" if day == 0 else f"day {day}", Term("streak", f"{day:02}")) for day in range(DAYS + 1)],
    Term("streak", "00"),
    place=65,
)


def declare() -> None:
    register(Source(("streak",), read("streaks", "figures.sql"), [SURVIVAL]))
