"""Rows that may be so only while the row they belong to is."""

from collections.abc import Sequence
from typing import Any

from safety.schema.base import Protection

# As its definer: whoever writes the one row may not see the other.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $body$
BEGIN
  IF NOT EXISTS (SELECT FROM {other} WHERE id = NEW.{column} AND {condition}) THEN
    RAISE EXCEPTION 'this row of {table} demands more of its {other}'
      USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  RETURN NEW;
END $body$;
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()
"""


class Demands(Protection):
    """Refuse, for every role, a row of which `when`, SQL over NEW, holds, unless `condition`, SQL over the row that its
    foreign key `of` names, does. What the other row may become afterwards is for its own protections.
    """

    def __init__(self, *, name: str, when: str, of: str, condition: str) -> None:
        super().__init__(name=name)
        self.when = when
        self.of = of
        self.condition = condition

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        key = model._meta.get_field(self.of)
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            when=self.when,
            other=key.related_model._meta.db_table,
            column=key.column,
            condition=self.condition,
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {model._meta.db_table}; DROP FUNCTION {self.name}()"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"when": self.when, "of": self.of, "condition": self.condition}
