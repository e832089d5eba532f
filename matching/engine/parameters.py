"""What an operator turns: the numbers of one version of the engine, checked wherever they come from."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from matching.engine.scores import CODE_VERSION, WeightProfile

FIRST = 1
"""The number of the parameters that everything was made with before they had numbers."""

RANGES: dict[str, tuple[Any, Any]] = {
    "threshold": (0.0, 100.0),
    "shortlist": (1, 200),
    "capacity": (1, 10),
    "lifetime": (timedelta(hours=1), timedelta(days=30)),
    "decline_rest": (timedelta(days=1), timedelta(days=5 * 365)),
    "freshness": (timedelta(minutes=1), timedelta(days=30)),
    "waiting_lift": (0.0, 20.0),
    "waiting_bound": (0.0, 50.0),
    "exposure_lift": (0.0, 50.0),
}
"""The least and the most that each number may be."""


@dataclass(frozen=True)
class Parameters:
    """Everything about matching that may change without a change of code. Raises ValueError out of RANGES.

    version: of the code, then the number of the row: two that differ in anything have two versions.
    connect: weights where both allow romance; friendship: elsewhere.
    threshold: points a total needs to be proposed. shortlist: candidates kept for each person.
    capacity: open proposals a person may have. lifetime: of a proposal. decline_rest: before a pair that came to
    nothing may be proposed again. freshness: how old the proposals somebody could have had may be.
    waiting_lift: points a day of waiting is worth, waiting_bound at most. exposure_lift: points for somebody who
    was never shown; half for once, a third for twice.
    """

    version: str
    connect: WeightProfile
    friendship: WeightProfile
    threshold: float
    shortlist: int
    capacity: int
    lifetime: timedelta
    decline_rest: timedelta
    freshness: timedelta
    waiting_lift: float
    waiting_bound: float
    exposure_lift: float

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} must lie between {least} and {most}")


def version(profile: str, number: int) -> str:
    """What a version of a profile ("connect", "friendship") is called; the engine's own is that of "connect"."""
    return f"{profile}-{CODE_VERSION}.{number}"


def number_of(version: str) -> int:
    """The number in the name of a version; FIRST in one that has none."""
    number = version.rpartition(".")[2]
    return int(number) if number.isdecimal() else FIRST
