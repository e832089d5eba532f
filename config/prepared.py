"""Statements that are built once and planned once, for the few that every call and every message needs.

Compiling a QuerySet costs many times what PostgreSQL needs to answer it, and planning the answer under row policies
costs as much again. Everything else is asked by QuerySets.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, Lookup, Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


def execute(sql: str, params: Sequence[Any] | dict[str, Any]) -> Any:
    """Run a statement whose plan the server keeps for the connection; the cursor. Raises Django's database errors.

    While queries are logged it goes through Django's own cursor, which plans it anew and logs it with its values.
    """
    connection.ensure_connection()
    bare: Any = psycopg.Cursor(connection.connection)
    cursor = connection.cursor() if connection.queries_logged else connection.make_cursor(bare)
    cursor.execute(sql, params)
    return cursor


class Param(Expression):
    """Stands in a QuerySet for a value that is given when the statement runs."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=Field())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


@Field.register_lookup
class AnyOf(Lookup):
    """`id__any=ids`: like `in`, in a statement that is the same however many there are."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_params, *right_params]


class Prepared(Generic[M]):
    """A QuerySet of model instances, compiled at its first use.

    `build` takes its parameters by name and may use them wherever a lookup takes an expression, a list with `any`; what
    decides the shape of the statement (None, the bounds of a slice) cannot be one.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build

    def first(self, **values: Any) -> M | None:
        """The first row, if any; `build` says the order and the limit."""
        found = self.all(**values)
        return found[0] if found else None

    def all(self, **values: Any) -> list[M]:
        sql, params, read = self._plan
        given = [values[param.name] if isinstance(param, Param) else param for param in params]
        return [read(row) for row in execute(sql, given).fetchall()]

    @cached_property
    def _plan(self) -> tuple[str, Sequence[Any], Callable[[Sequence[Any]], M]]:
        names = self._build.__code__.co_varnames[: self._build.__code__.co_argcount]
        query = self._build(**{name: Param(name) for name in names}).query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return sql, params, _reader(compiler)


def _reader(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """What makes an instance of a row, as `ModelIterable` does; all that can be found out before is."""
    info, select = compiler.klass_info, compiler.select
    model, fields = info["model"], info["select_fields"]
    names = [select[position][0].target.attname for position in fields]
    populators = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # as of Django 6
    converters = compiler.get_converters([column[0] for column in select])
    annotations = tuple((compiler.annotation_col_map or {}).items())

    def read(row: Sequence[Any]) -> Any:
        if converters:
            (row,) = compiler.apply_converters([row], converters)
        found = model.from_db(DEFAULT_DB_ALIAS, names, row[fields[0] : fields[-1] + 1])
        for populator in populators:
            populator.populate(row, found)
        for name, position in annotations:
            setattr(found, name, row[position])
        return found

    return read
