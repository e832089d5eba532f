"""A count that may not rise above what the row's own kind allows."""

from collections.abc import Mapping, Sequence
from typing import Any

from safety.schema.base import Protection

# A BEFORE trigger of each row: it runs under the very lock the count is written under. Its condition is looked at
# without a call, so that writes of other columns cost nothing.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION '{table}.{column}: % is above the limit of %', NEW.{column}, NEW.{by}
    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
END $body$;
CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} FOR EACH ROW
  WHEN (NEW.{column} > {limit}) EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_update BEFORE UPDATE OF {column} ON {table} FOR EACH ROW
  WHEN (NEW.{column} > OLD.{column} AND NEW.{column} > {limit}) EXECUTE FUNCTION {name}()
"""


class Ceiling(Protection):
    """Refuse, for every role, a rise of `field` above the limit that `limits` gives the row's value of `by`.

    A limit that falls refuses nothing by itself: what stands above it stays, and may only sink. A value of `by` that
    has no limit allows none.
    """

    def __init__(self, *, name: str, field: str, by: str, limits: Mapping[Any, int]) -> None:
        super().__init__(name=name)
        self.field = field
        self.by = by
        self.limits = {str(kind): limit for kind, limit in sorted(limits.items())}

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        by = model._meta.get_field(self.by).column
        cases = " ".join(f"WHEN '{kind}' THEN {limit}" for kind, limit in self.limits.items())
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            column=model._meta.get_field(self.field).column,
            by=by,
            limit=f"CASE NEW.{by} {cases} ELSE 0 END",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        return (
            f"DROP TRIGGER {self.name}_insert ON {table}; DROP TRIGGER {self.name}_update ON {table}; "
            f"DROP FUNCTION {self.name}()"
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "by": self.by, "limits": self.limits}
