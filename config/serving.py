"""What the dashboard shows of how requests and frames of sockets are answered."""

from config import measuring
from config.figures import Line, Lines, Source, Term, read, register

ERRORS = Lines(
    "API errors",
    "Of a thousand requests, and of a thousand frames of sockets, how many failed; without the admin",
    [
        Line("requests", Term("api", "5xx"), Term("api"), 1000, about_people=False),
        Line("frames", Term("frame", "failed"), Term("frame"), 1000, about_people=False),
    ],
    ".1f",
    place=90,
)
LATENCY = Lines(
    "API latency",
    "Of a hundred requests, and of a hundred frames, how many were answered after more than half a second",
    [
        Line("requests", Term("api_slow"), Term("api"), 100, about_people=False),
        Line("frames", Term("frame_slow"), Term("frame"), 100, about_people=False),
    ],
    ".1f",
    place=91,
)


def declare() -> None:
    metrics = ("api", "api_slow", "frame", "frame_slow")
    register(Source(metrics, read("config", "figures.sql"), [ERRORS, LATENCY], days=2, given=measuring.of_days))
