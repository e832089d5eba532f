"""Which prompt a day brings, and which week it belongs to."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID


def week_start(day: date) -> date:
    """The Monday of the ISO week of a day, which in the first days of January may lie in the year before."""
    return day - timedelta(days=day.weekday())


def prompt_of_day(codes: Sequence[str], *, person: UUID, day: date) -> str:
    """One of the codes, in an order of the person's own: each comes up once in as many days as there are."""
    order = sorted(codes, key=lambda code: sha256(f"{person}:{code}".encode()).digest())
    return order[day.toordinal() % len(order)]
