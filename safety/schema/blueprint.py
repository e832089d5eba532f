"""The schema the models declare, built beside the real one for a moment and held against it, piece by piece.

PostgreSQL itself says what a declaration means, so constraints, indexes, triggers and their functions are compared as
it writes them, whatever made them. Nothing stays, and no real table is locked.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import connection, models, transaction

from config.db import Record
from safety.schema.canonical import canonical

SCRATCH = "connect_blueprint"
PUBLIC = "public"

# part -> (table, name, definition); what makes it worth nothing is part of its definition.
_PARTS = {
    "tables": "SELECT c.relname, c.relname, '' FROM pg_class c WHERE c.relkind IN ('r', 'p')",
    "columns": """
        SELECT c.relname, a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod), nullif(a.attidentity, ''),
               'default ' || pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid, true)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype NOT IN ('f', 't')""",
    "foreign keys": """
        SELECT c.relname, k.conname, pg_get_constraintdef(k.oid, true)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f'""",
    "indexes": """
        SELECT c.relname, i.relname, CASE WHEN x.indisvalid AND x.indisready THEN '' ELSE 'INVALID ' END ||
               regexp_replace(pg_get_indexdef(x.indexrelid), ' INDEX .* ON (ONLY )?[^ ]+', '')
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid""",
    "triggers": """
        SELECT c.relname, t.tgname, CASE t.tgenabled WHEN 'O' THEN '' ELSE 'DISABLED ' END ||
               pg_get_triggerdef(t.oid, true)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal""",
    "trigger functions": """
        SELECT c.relname, p.proname, concat_ws(' ', CASE WHEN p.prosecdef THEN 'SECURITY DEFINER' END,
               CASE WHEN p.proowner <> c.relowner THEN 'OWNED BY ANOTHER' END,
               array_to_string(p.proconfig, ' '), p.prosrc)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal""",
}
# Indexes and constraints may be called otherwise where the migrations took another way to the same end.
_BY_DEFINITION = {"constraints", "foreign keys", "indexes"}
# What is there beside the declared can do harm only where it runs.
_EXACT = {"triggers"}

# What in a definition that was not declared makes the piece worth nothing.
_MARKS = {
    "INVALID": "is not valid",
    "NOT VALID": "was never validated",
    "NOT ENFORCED": "is not enforced",
    "DISABLED": "is switched off",
    "OWNED BY ANOTHER": "belongs to another role than the table",
}

# (table, name) -> definition
Pieces = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Part:
    """One kind of thing in the schema: how many of it are declared, and what is wrong with them, in words."""

    name: str
    declared: int
    gaps: list[str]


def compare() -> list[Part]:
    """Each part of the declared schema, with its differences from the database. Needs the owner's rights.

    Of the tables of libraries, whose own migrations took other ways, only that they are there.
    """
    expected, found = _declared(_models()), _installed()
    tables = Part("tables", len(expected["tables"]), _missing_tables(expected["tables"], found["tables"]))
    compared = _tables_of_ours() & {table for table, _ in found["tables"]}
    return [tables, *(_part(name, expected[name], found[name], compared) for name in _PARTS if name != "tables")]


def _models() -> tuple[type[models.Model], ...]:
    return tuple(model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)


@cache
def _declared(declared: tuple[type[models.Model], ...]) -> dict[str, Pieces]:
    """What PostgreSQL makes of the models, which do not change while a process lives."""
    with _built(declared):
        return {part: _pieces(SCRATCH, sql) for part, sql in _PARTS.items()}


def _installed() -> dict[str, Pieces]:
    with transaction.atomic():
        found = {part: _pieces(PUBLIC, sql) for part, sql in _PARTS.items()}
        transaction.set_rollback(True)
    return found


def _tables_of_ours() -> set[str]:
    ours = [model for model in apps.get_models() if issubclass(model, Record)]
    joining = {field.m2m_db_table() for model in ours for field in model._meta.local_many_to_many}
    return joining | {model._meta.db_table for model in ours}


def _missing_tables(expected: Pieces, found: Pieces) -> list[str]:
    return [f"{table} is missing" for table, _ in sorted(expected.keys() - found.keys())]


@contextmanager
def _built(declared: Iterable[type[models.Model]]) -> Iterator[None]:
    """The tables of the models in a schema of their own, for the length of the block."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {SCRATCH}; SET LOCAL search_path TO {SCRATCH}, {PUBLIC}")
        with connection.schema_editor() as editor:
            for model in declared:
                editor.create_model(model)
        yield
        transaction.set_rollback(True)


def _pieces(schema: str, sql: str) -> Pieces:
    """What a schema holds, written as if it were the only one."""
    joined = "AND" if "WHERE" in sql else "WHERE"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path TO {schema}, {PUBLIC}")
        cursor.execute(f"{sql} {joined} c.relnamespace = %s::regnamespace", [schema])
        rows = cursor.fetchall()
    return {(table, name): canonical(definition.replace(f"{schema}.", "")) for table, name, definition in rows}


def _part(name: str, expected: Pieces, found: Pieces, tables: set[str]) -> Part:
    expected, found = _of(tables, expected), _of(tables, found)
    gaps = [*_not_as_declared(name, expected, found), *(_not_declared(expected, found) if name in _EXACT else ())]
    return Part(name, len(expected), gaps)


def _of(tables: set[str], pieces: Pieces) -> Pieces:
    return {key: definition for key, definition in pieces.items() if key[0] in tables}


def _not_as_declared(part: str, expected: Pieces, found: Pieces) -> Iterator[str]:
    defined = {(table, definition) for (table, _), definition in found.items()}
    for (table, name), definition in sorted(expected.items()):
        same = found.get((table, name)) == definition
        if not same and not (part in _BY_DEFINITION and (table, definition) in defined):
            yield f"{table}: {name} {_what_is_wrong(found.get((table, name)), definition)}"


def _not_declared(expected: Pieces, found: Pieces) -> Iterator[str]:
    return (f"{table}: {name} is not declared" for table, name in sorted(found.keys() - expected.keys()))


def _what_is_wrong(installed: str | None, declared: str) -> str:
    if installed is None:
        return "is missing"
    marks = (words for mark, words in _MARKS.items() if mark in installed and mark not in declared)
    return next(marks, "differs from what is declared")
