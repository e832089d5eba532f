"""What the dashboard shows of people and of what their apps tell."""

from config.figures import Bars, Line, Lines, Source, Term, read, register
from connect.events import EVENTS

JOINED = Lines(
    "People who joined",
    "New accounts a day, without those that were erased since",
    [Line("accounts", Term("signup"))],
    place=80,
)
TOLD = Bars(
    "What apps told",
    "Events of people who consent to analytics",
    [(name.replace("_", " "), Term("event", name)) for name in EVENTS],
    place=85,
)


def declare() -> None:
    register(Source(("signup", "event"), read("connect", "figures.sql"), [JOINED, TOLD]))
