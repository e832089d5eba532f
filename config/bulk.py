"""Many rows in one statement with one parameter.

Django binds every value of every row by itself, which for thousands of rows costs many times what PostgreSQL needs to
store them. Here the rows travel as one JSON document that PostgreSQL turns into records of the table's own type. (COPY
would be faster still, but not under row security.)
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import FloatField, Model
from django.db.models.expressions import DatabaseDefault, RawSQL

from config import prepared

Row = TypeVar("Row")
Record = dict[str, Any]
"""Values by column."""

ROWS = 2_000
"""Of one statement."""

_INSERT = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::text::json)
ON CONFLICT {conflict} RETURNING {key}
"""
_UPDATE = """
UPDATE {table} AS standing SET {changes} FROM json_populate_recordset(NULL::{table}, %s::text::json) AS made
WHERE standing.{key} = made.{key}
"""


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> set[Any]:
    """Store new rows of one model, passing over those that a constraint turns down; the keys of the ones stored.

    All rows name the same columns, the key among them. What they do not name has the model's default.
    """
    return _put(model, rows, "DO NOTHING")


def upsert(model: type[Model], rows: Sequence[Mapping[str, Any]], *, by: Collection[str]) -> set[Any]:
    """Store rows of one model; where one stands that is the same in the columns `by`, it takes these values but keeps
    its key. The keys of all.

    All rows name the same columns, the key among them, and no two are the same in `by`.
    """
    columns = _defaults(model) | dict(rows[0] if rows else {})
    changes = (f"{_quoted(name)} = EXCLUDED.{_quoted(name)}" for name in columns if name not in {*by, _key(model)})
    return _put(model, rows, f"({', '.join(map(_quoted, by))}) DO UPDATE SET {', '.join(changes)}")


def update(rows: Sequence[Model], names: Iterable[str]) -> None:
    """Write these fields of rows that are there already."""
    for some in _batches(rows):
        fields: list[Any] = [some[0]._meta.get_field(name) for name in names]
        changes = ", ".join(f"{_quoted(field.column)} = made.{_quoted(field.column)}" for field in fields)
        written = [some[0]._meta.pk, *fields]
        records = [{field.column: field.pre_save(row, False) for field in written} for row in some]
        statement = _UPDATE.format(changes=changes, **_names(type(some[0])))
        prepared.execute(statement, [_document(type(some[0]), records)])


def any_of(ids: Collection[UUID]) -> RawSQL:
    """For `__in`: many ids as one parameter."""
    return RawSQL("SELECT unnest(string_to_array(%s, ',')::uuid[])", [",".join(map(str, ids))])


def _put(model: type[Model], rows: Sequence[Mapping[str, Any]], conflict: str) -> set[Any]:
    defaults = _defaults(model)
    columns = ", ".join(_quoted(column) for column in defaults | dict(rows[0] if rows else {}))
    statement = _INSERT.format(columns=columns, conflict=conflict, **_names(model))
    stored: set[Any] = set()
    for some in _batches(rows):
        document = _document(model, [{**defaults, **row} for row in some])
        stored.update(key for (key,) in prepared.execute(statement, [document]).fetchall())
    return stored


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + ROWS] for start in range(0, len(rows), ROWS))


def _defaults(model: type[Model]) -> Record:
    """What a new row has by the model; what it has by the database is left to that."""
    new = model()
    return {
        field.column: field.pre_save(new, True)
        for field in _columns(model)
        if not isinstance(getattr(new, field.attname), DatabaseDefault)
    }


def _columns(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _names(model: type[Model]) -> dict[str, str]:
    return {"table": _quoted(model._meta.db_table), "key": _quoted(_key(model))}


def _key(model: type[Model]) -> str:
    assert model._meta.pk is not None
    return str(model._meta.pk.column)


def _document(model: type[Model], records: list[Record]) -> str:
    """JSON has no infinity; as words PostgreSQL takes it."""
    floats = {str(field.column) for field in _columns(model) if isinstance(field, FloatField)} & records[0].keys()
    for record in records if floats else ():
        record |= {column: str(record[column]) for column in floats if not _is_finite(record[column])}
    return orjson.dumps(records, default=_text, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _is_finite(number: float | None) -> bool:
    return number is None or math.isfinite(number)


def _text(value: Any) -> str:
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


def _quoted(name: Any) -> str:
    return connection.ops.quote_name(str(name))
