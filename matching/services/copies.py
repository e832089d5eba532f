"""Rows of a query as one NumPy array, by COPY: a hundred thousand people in a second or two.

The binary format of COPY has every value behind its length; where no value is null and all have one width, the whole
answer is an array of records. (PostgreSQL, "COPY", File Formats: Binary Format.)
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import QuerySet
from numpy.typing import NDArray

_HEADER = 19
_TRAILER = 2

UUID_BYTES = "S16"
SMALL, INTEGER, BIG, REAL = ">i2", ">i4", ">i8", ">f8"
DAYS = ">i4"
"""Since 2000-01-01."""

MICROSECONDS = ">i8"
"""Since 2000-01-01."""


def raw(width: int) -> str:
    """Of so many bytes."""
    return f"V{width}"


def vector(width: int) -> np.dtype[Any]:
    """Of pgvector: `values` (width,)."""
    return np.dtype([("dimensions", ">i2"), ("unused", ">i2"), ("values", ">f4", (width,))])


def uuids(column: NDArray[np.bytes_]) -> list[UUID]:
    """Of a column of UUID_BYTES, from which NumPy strips zeros at the end."""
    return [UUID(bytes=raw.ljust(16, b"\0")) for raw in column.tolist()]


def rows(queryset: QuerySet[Any, Any], columns: Mapping[str, tuple[str, Any]]) -> NDArray[Any]:
    """A record array of these columns of a query: name to what is asked and its NumPy type. No value may be null.

    Raises ValueError where the database's types are not these.
    """
    try:
        sql, params = queryset.values_list(*(name for name, _ in columns.values())).query.sql_with_params()
    except EmptyResultSet:
        return np.empty(0, dtype=_record(columns))
    asked = mogrify(sql, params, connection)
    data = bytearray()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT BINARY)") as copy:
        for chunk in copy:
            data += chunk
    record = _record(columns)
    found = np.frombuffer(data, dtype=record, offset=_HEADER, count=_count(data, record))
    for name, (_, kind) in columns.items():
        if (found[_length(name)] != np.dtype(kind).itemsize).any():
            raise ValueError(f"{name} is null or not of {np.dtype(kind).itemsize} bytes")
    return found


def zeros(columns: Mapping[str, tuple[str, Any]]) -> NDArray[Any]:
    """One record of these columns, all zero."""
    return np.zeros(1, dtype=_record(columns))


def _count(data: bytearray, record: np.dtype[Any]) -> int:
    count, rest = divmod(len(data) - _HEADER - _TRAILER, record.itemsize)
    if rest:
        raise ValueError("the rows are not of one width")
    return count


def _record(columns: Mapping[str, tuple[str, Any]]) -> np.dtype[Any]:
    values = [field for name, (_, kind) in columns.items() for field in ((_length(name), ">i4"), (name, kind))]
    return np.dtype([("fields", ">i2"), *values])


def _length(name: str) -> str:
    return f"{name} length"
