"""Columns that nobody changes while something holds elsewhere."""

from collections.abc import Iterable, Sequence
from typing import Any

from safety.schema.base import Protection

_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF {condition} THEN
    RAISE EXCEPTION 'these columns of {table} are locked'
      USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  RETURN NEW;
END $body$;
CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW
  WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {name}()
"""


class LockedWhile(Protection):
    """Refuse, for every role, to change `fields` of a row while `condition`, SQL over the row OLD, holds."""

    def __init__(self, *, name: str, fields: Iterable[str], condition: str) -> None:
        super().__init__(name=name)
        self.fields = list(fields)
        self.condition = condition

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        columns = [model._meta.get_field(name).column for name in self.fields]
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            condition=self.condition,
            old=", ".join(f"OLD.{name}" for name in columns),
            new=", ".join(f"NEW.{name}" for name in columns),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {model._meta.db_table}; DROP FUNCTION {self.name}()"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"fields": self.fields, "condition": self.condition}
