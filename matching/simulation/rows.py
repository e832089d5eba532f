"""An invented population as rows, block by block, streamed into the tables of the product by COPY."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Model

from matching.simulation.births import Born, born
from matching.simulation.cities import Cities, cities
from matching.simulation.ids import ids
from matching.simulation.population import Population
from matching.simulation.wishes import Ints

BLOCK = 2_000
"""People whose rows are held at once."""

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Block:
    """Some of a population, by their numbers, with the ids of their accounts and the moments they came."""

    population: Population
    born: Born
    cities: Cities
    people: Ints
    user_ids: list[str]
    joined: list[datetime]
    rng: np.random.Generator

    def __len__(self) -> int:
        return len(self.people)

    def common(self, some: Ints) -> Columns:
        """What every row of a person's has; `some` are places in this block, one a row."""
        return {
            "id": ids(self.rng, self.people[some]),
            "created_at": self.at(self.joined, some),
            "user_id": self.at(self.user_ids, some),
        }

    def at(self, column: Sequence[Any], some: Ints) -> list[Any]:
        return [column[i] for i in some.tolist()]

    def of(self, column: Sequence[Any]) -> list[Any]:
        """A column of the whole population, for those of the block."""
        return [column[i] for i in self.people.tolist()]


Rows = Callable[[Block], Columns]


def same(rows: int, **constants: Any) -> Columns:
    """Columns that say the same in every row."""
    return {name: [value] * rows for name, value in constants.items()}


def write(population: Population, tables: Sequence[tuple[type[Model], Rows]], *, now: datetime) -> None:
    """Copy everybody into these tables, in this order. Needs a transaction, and a role that row security does not
    hold for: COPY does not know it.
    """
    for block in _blocks(population, now):
        for model, rows in tables:
            copy(model, rows(block))


def _blocks(population: Population, now: datetime) -> Iterator[Block]:
    known = cities()
    computed = born(population.births, known)
    # A stream apart from those that the population itself was drawn from.
    rng = np.random.default_rng([population.seed, 1])
    for start in range(0, len(population), BLOCK):
        people = np.arange(start, min(start + BLOCK, len(population)))
        joined = [now - timedelta(days=days) for days in population.joined[people].tolist()]
        yield Block(population, computed, known, people, ids(rng, people), joined, rng)


def copy(model: type[Model], columns: Columns) -> None:
    """Stream rows into a model's table. Raises ValueError unless exactly its columns are given."""
    stored = {str(field.column) for field in model._meta.concrete_fields}
    if different := stored ^ columns.keys():
        raise ValueError(f"{model._meta.label}: missing or unknown columns {sorted(different)}")
    names = ", ".join(columns)
    statement = f"COPY {model._meta.db_table} ({names}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in zip(*columns.values(), strict=True):
            stream.write_row(row)
