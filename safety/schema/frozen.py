"""Rows that may be changed for a while, and then never again."""

from collections.abc import Iterable, Sequence
from typing import Any

from safety.schema.base import Protection

_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'a {table} whose {column} is % does not change', OLD.{column}
    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
END $body$;
CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} FOR EACH ROW
  WHEN ({frozen} AND ({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} FOR EACH ROW WHEN ({frozen}) EXECUTE FUNCTION {name}()
"""


class Frozen(Protection):
    """Refuse, for every role, to change `fields` of a row whose state is none of `until`, and to delete such a row."""

    def __init__(self, *, name: str, field: str, until: Iterable[str], fields: Iterable[str]) -> None:
        super().__init__(name=name)
        self.field = field
        self.until = sorted(map(str, until))
        self.fields = list(fields)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        column = model._meta.get_field(self.field).column
        frozen = [model._meta.get_field(name).column for name in self.fields]
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            column=column,
            frozen=f"OLD.{column} NOT IN ({', '.join(repr(state) for state in self.until)})",
            old=", ".join(f"OLD.{name}" for name in frozen),
            new=", ".join(f"NEW.{name}" for name in frozen),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        return (
            f"DROP TRIGGER {self.name}_update ON {table}; DROP TRIGGER {self.name}_delete ON {table}; "
            f"DROP FUNCTION {self.name}()"
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "until": self.until, "fields": self.fields}
