"""Many rows in one statement with one parameter.

Django binds every value of every row by itself, which for thousands of rows costs many times what PostgreSQL needs to
store them. Here the rows travel as one JSON document that PostgreSQL turns into records of the table's own type. (COPY
would be faster still, but not under row security.)
"""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault, RawSQL

M = TypeVar("M", bound=Model)

ROWS = 2_000
"""Of one statement."""

_INSERT = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)
ON CONFLICT DO NOTHING RETURNING {key}
"""
_UPDATE = """
UPDATE {table} AS standing SET {changes} FROM json_populate_recordset(NULL::{table}, %s::json) AS made
WHERE standing.{key} = made.{key}
"""


def insert(rows: Sequence[M]) -> list[M]:
    """Store new rows of one model, passing over those that a constraint turns down; the ones stored."""
    stored: set[Any] = set()
    for some in _batches(rows):
        fields = [field for field in _fields(some[0]) if not _left_to_database(some[0], field)]
        columns = ", ".join(_quoted(field.column) for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(_INSERT.format(columns=columns, **_names(some[0])), [_document(some, fields, add=True)])
            stored.update(key for (key,) in cursor.fetchall())
    return [row for row in rows if row.pk in stored]


def update(rows: Sequence[Model], names: Iterable[str]) -> None:
    """Write these fields of rows that are there already."""
    for some in _batches(rows):
        fields: list[Any] = [some[0]._meta.get_field(name) for name in names]
        changes = ", ".join(f"{_quoted(field.column)} = made.{_quoted(field.column)}" for field in fields)
        document = _document(some, [some[0]._meta.pk, *fields], add=False)
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE.format(changes=changes, **_names(some[0])), [document])


def any_of(ids: Collection[UUID]) -> RawSQL:
    """For `__in`: many ids as one parameter."""
    return RawSQL("SELECT unnest(string_to_array(%s, ',')::uuid[])", [",".join(map(str, ids))])


def _batches(rows: Sequence[M]) -> Iterator[Sequence[M]]:
    return (rows[start : start + ROWS] for start in range(0, len(rows), ROWS))


def _fields(row: Model) -> list[Any]:
    return [field for field in row._meta.concrete_fields if not field.generated]


def _left_to_database(row: Model, field: Any) -> bool:
    return isinstance(getattr(row, field.attname), DatabaseDefault)


def _names(row: Model) -> dict[str, str]:
    meta = row._meta
    assert meta.pk is not None
    return {"table": _quoted(meta.db_table), "key": _quoted(meta.pk.column)}


def _document(rows: Sequence[Model], fields: Sequence[Any], *, add: bool) -> str:
    records = [{field.column: _plain(field.pre_save(row, add)) for field in fields} for row in rows]
    return orjson.dumps(records, default=_text, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _plain(value: Any) -> Any:
    """JSON has no infinity; as words PostgreSQL takes it."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: Any) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


def _quoted(name: Any) -> str:
    return connection.ops.quote_name(str(name))
