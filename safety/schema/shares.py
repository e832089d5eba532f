"""Weights that are kept as one JSON object."""

from collections.abc import Iterable, Sequence
from typing import Any

from safety.schema.base import Protection

TOLERANCE = 1e-6


class Shares(Protection):
    """A JSON object of numbers under `keys` alone, none negative, in sum one; a key that is absent counts nothing."""

    def __init__(self, *, name: str, field: str, keys: Iterable[str]) -> None:
        super().__init__(name=name)
        self.field = field
        self.keys = list(keys)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        column = model._meta.get_field(self.field).column
        known = ", ".join(f"'{key}'" for key in self.keys)
        shares = [f"coalesce(({column} ->> '{key}')::float8, 0)" for key in self.keys]
        return (
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} CHECK (jsonb_typeof({column}) = 'object' "
            f"AND {column} - ARRAY[{known}] = '{{}}'::jsonb AND least({', '.join(shares)}) >= 0 "
            f"AND abs({' + '.join(shares)} - 1) <= {TOLERANCE})"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {self.name}"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "keys": self.keys}
