"""Whether the database is what the models declare: everything that protects people, and everything else."""

from collections.abc import Iterator

from django.db import connection

from config.runbook import migrations, seeds
from config.runbook.reports import Line
from safety.schema import blueprint, cluster, inspect


def verify() -> list[Line]:
    """Every part of the schema, one line where it holds and one for each gap. Needs the owner's login."""
    return [*_names(), *_migrations(), *_schema(), *_row_security(), *_cluster()]


def _names() -> Iterator[Line]:
    """The names of the specifications beside ours."""
    tables = set(connection.introspection.table_names())
    for group, seed, table in seeds.standing():
        shown = f"{table} ({seed.only})" if seed.only else table
        there = table in tables
        yield Line(f"{group} tables", seed.table, shown if there else f"{table} is missing", there)


def _migrations() -> Iterator[Line]:
    state = migrations.state()
    if state.complete:
        yield Line("migrations", "applied", str(state.applied))
    yield from (Line("migrations", name, "is not applied", ok=False) for name in state.pending)
    yield from (Line("migrations", name, "is not known to this code", ok=False) for name in state.unknown)


def _schema() -> Iterator[Line]:
    for part in blueprint.compare():
        yield from _part(part.name, f"{part.declared} as declared", part.gaps)


def _row_security() -> Iterator[Line]:
    tables = sum(1 for _ in inspect.secured_models())
    yield from _part("row security", f"{tables} tables forced, policies and rights as declared", inspect.gaps())
    missing = [f"{model._meta.db_table}: holds a person's data without it" for model in inspect.undeclared()]
    yield from _part("row security declared", "for every table with a person's data", missing)


def _cluster() -> Iterator[Line]:
    for part, gaps in cluster.gaps().items():
        yield from _part(part, "as declared", gaps)


def _part(name: str, summary: str, gaps: list[str]) -> Iterator[Line]:
    if not gaps:
        yield Line(name, "", summary)
    for gap in gaps:
        what, _, found = gap.partition(" ")
        yield Line(name, what.rstrip(":"), found, ok=False)
