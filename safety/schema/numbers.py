"""Numbers that are kept as one JSON object."""

from collections.abc import Iterable, Sequence
from typing import Any

from safety.schema.base import Protection


class Numbers(Protection):
    """A JSON object that holds numbers from 0 to `most` under `keys` alone, and nothing else; any may be absent."""

    def __init__(self, *, name: str, field: str, keys: Iterable[str], most: int) -> None:
        super().__init__(name=name)
        self.field = field
        self.keys = list(keys)
        self.most = most

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        column = model._meta.get_field(self.field).column
        known = ", ".join(f"'{key}'" for key in self.keys)
        # strict: an array under a key is none of its elements.
        other = f'strict $.* ? (@.type() <> "number" || @ < 0 || @ > {self.most})'
        return (
            f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {self.name} CHECK (jsonb_typeof({column}) = 'object' "
            f"AND {column} - ARRAY[{known}] = '{{}}'::jsonb AND NOT jsonb_path_exists({column}, '{other}'))"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {self.name}"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "keys": self.keys, "most": self.most}
