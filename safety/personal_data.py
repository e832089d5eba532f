"""What is known of a person, said once a table: why, for how long, what they are given of it, what becomes of it when
they leave.

Each app registers its parts in `apps.ready()`, out of its own `personal_data.py`; export, erasure, retention and
docs/privacy.md are all made from them. A test fails for a table of a person's data that is in none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Q, QuerySet


@dataclass(frozen=True)
class Leaving:
    """Somebody whose account is being erased, with their addresses as they are stored; `tombstone` is the random id
    that stands in their place afterwards.
    """

    person: UUID
    addresses: tuple[str, ...]
    tombstone: UUID
    now: datetime


@dataclass(frozen=True)
class Erasure:
    """What becomes of a table's rows; `run` says in how many of them the tombstone has to exist.

    `last`: an open case needs the rows, so they wait for it.
    """

    words: str
    run: Callable[[type[Model], Leaving], int]
    last: bool = False


@dataclass(frozen=True)
class Retention:
    """How long rows stay: `settings.RETENTION[term]`, counted from what `since` says.

    `sweep` deletes at most so many of those from before a moment, and says how many.
    """

    term: str
    since: str
    sweep: Callable[[type[Model], datetime, int], int]


Shown = Callable[[Any, UUID], dict[str, Any]]
"""A row as the person may see it, as plain JSON: an anonymous other is a pseudonym, never an id."""


@dataclass(frozen=True)
class StoredFile:
    """A file of a person, by the name it has in their export.

    `open` gives its content piece by piece, and raises FileNotFoundError at once where it is gone.
    """

    name: str
    open: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Part:
    """One table of a person's data.

    The rows that `belongs` leads to are exported, all columns but relations and `hidden` or what `shown` makes of them;
    with `withheld` none are, and that is why. `derived`: by purpose of consent the columns that taking it back empties.
    `unknown`: rows among them that the person does not know of. `related`: what `shown` reads along. `files`: a
    person's files.
    """

    model: type[Model]
    what: str
    why: str
    erased: Erasure
    belongs: tuple[str, ...] = ("user",)
    hidden: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    unknown: Callable[[UUID], Q] | None = None
    shown: Shown | None = None
    withheld: str = ""
    seen_by: str = "you"
    lasts: str = "until you leave"
    retention: Retention | None = None
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Callable[[UUID], Iterable[StoredFile]] | None = None

    @property
    def name(self) -> str:
        return f"{self.model._meta.app_label}/{self.model._meta.model_name}"

    @property
    def kept(self) -> str:
        if self.retention is None:
            return self.lasts
        days = settings.RETENTION[self.retention.term].days
        return f"{_count(days)} from {self.retention.since}"

    def rows(self, person: UUID) -> QuerySet[Any]:
        rows = of(self.model, self.belongs, person)
        rows = rows.exclude(self.unknown(person)) if self.unknown else rows
        return rows.select_related(*self.related) if self.related else rows

    def show(self, row: Any, person: UUID) -> dict[str, Any]:
        if self.shown:
            return self.shown(row, person)
        columns = (f for f in self.model._meta.concrete_fields if not f.is_relation and f.name not in self.hidden)
        return {column.name: getattr(row, column.attname) for column in columns}


def _count(days: int) -> str:
    return f"{days // 365} years" if days >= 2 * 365 else f"{days} days"


def of(model: type[Model], lookups: Iterable[str], person: UUID) -> QuerySet[Any]:
    """The rows that one of the lookups leads to from a person."""
    return model._default_manager.filter(reduce(or_, (Q(**{lookup: person}) for lookup in lookups)))


_parts: list[Part] = []
_endings: list[Callable[[UUID, datetime], None]] = []
_needs: list[Callable[[UUID], bool]] = []


def register(*parts: Part) -> None:
    """Called from `apps.ready()` of the app that owns the tables; a table before those that refer to it."""
    _parts.extend(parts)


def before_erasure(end: Callable[[UUID, datetime], None]) -> None:
    """Have what a leaver still takes part in ended first: called outside of any transaction, and maybe again."""
    _endings.append(end)


def needed_while(need: Callable[[UUID], bool]) -> None:
    """Have the last of a person stay while this is so; asked under the service role."""
    _needs.append(need)


def parts() -> tuple[Part, ...]:
    return tuple(_parts)


def end_everything(person: UUID, now: datetime) -> None:
    """The higher app goes first: it knows better why something ends."""
    for end in reversed(_endings):
        end(person, now)


def is_needed(person: UUID) -> bool:
    return any(need(person) for need in _needs)


def erase(leaving: Leaving, *, last: bool) -> int:
    """Run one half of all erasures, what refers to others first; in how many rows the tombstone has to exist."""
    chosen = [part for part in reversed(_parts) if part.erased.last is last]
    return sum(part.erased.run(part.model, leaving) for part in chosen)


def table() -> str:
    """All of it as the table of docs/privacy.md."""
    head = ["What", "Why", "How long", "Who sees it", "In your export", "When you leave"]
    lines = [head, ["---"] * len(head), *map(_line, _parts)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(part: Part) -> list[str]:
    exported = f"no: {part.withheld}" if part.withheld else "yes"
    what = f"{part.what} (`{part.model._meta.db_table}`)"
    return [what, part.why, part.kept, part.seen_by, exported, part.erased.words]
