"""Ledgers whose sum never falls below nothing."""

from collections.abc import Iterable, Sequence
from typing import Any

from safety.schema.base import Protection

# The owner is locked, so that two who spend at once wait for each other; each statement in here sees what was
# committed before it, so the second counts what the first took. Not FOR UPDATE: the foreign keys of both hold the
# row already.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $body$
BEGIN
  PERFORM 1 FROM {owners} WHERE id = NEW.{owner} FOR NO KEY UPDATE;
  IF (SELECT sum({amount}) FROM {table} WHERE {same}) < 0 THEN
    RAISE EXCEPTION 'a balance of {table} falls below nothing'
      USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  RETURN NULL;
END $body$;
CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW WHEN (NEW.{amount} < 0) EXECUTE FUNCTION {name}()
"""


class NeverNegative(Protection):
    """Refuse an entry that takes the sum of `amount`, per `owner` and `within`, below zero; races wait."""

    def __init__(self, *, name: str, owner: str, amount: str, within: Iterable[str] = ()) -> None:
        super().__init__(name=name)
        self.owner = owner
        self.amount = amount
        self.within = list(within)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        owner = model._meta.get_field(self.owner)
        columns = [owner.column, *(model._meta.get_field(name).column for name in self.within)]
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            amount=model._meta.get_field(self.amount).column,
            owner=owner.column,
            owners=owner.related_model._meta.db_table,
            same=" AND ".join(f"{column} = NEW.{column}" for column in columns),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {model._meta.db_table}; DROP FUNCTION {self.name}()"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"owner": self.owner, "amount": self.amount, "within": self.within}
