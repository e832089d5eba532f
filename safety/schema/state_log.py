"""States of rows that never change: each state is a row of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from safety.schema.base import Protection

# The parent is locked, so that of two writers the second sees what the first wrote.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $body$
DECLARE
  before text;
  last integer;
BEGIN
  PERFORM 1 FROM {parent} WHERE id = NEW.{key} FOR NO KEY UPDATE;
  SELECT {column}, number INTO before, last FROM {table} WHERE {key} = NEW.{key} ORDER BY number DESC LIMIT 1;
  IF NEW.number IS DISTINCT FROM coalesce(last, 0) + 1
     OR NOT (CASE WHEN before IS NULL THEN NEW.{column} IN ({initial}) ELSE {allowed} END) THEN
    RAISE EXCEPTION '{table}.{column}: % -> % is not a transition', coalesce(before, '(new)'), NEW.{column}
      USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  INSERT INTO safety_auditlog (actor_id, request_id, action, entity, entity_id, data)
  VALUES (nullif(current_setting('app.user_id', true), '')::uuid, coalesce(current_setting('app.request_id', true), ''),
          'transition', '{parent}', NEW.{key},
          jsonb_build_object('field', '{column}', 'from', before, 'to', NEW.{column}));
  RETURN NEW;
END $body$;
CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()
"""


class StateLog(Protection):
    """Refuse a state that the newest one of the same `of` does not lead to by `transitions`; audit every one.

    The table numbers the states of each parent from 1 in `number`.
    """

    def __init__(
        self, *, name: str, field: str, of: str, transitions: Mapping[Any, Iterable[str]], initial: Iterable[str]
    ) -> None:
        super().__init__(name=name)
        self.field = field
        self.of = of
        self.transitions = {str(state): sorted(map(str, after)) for state, after in sorted(transitions.items())}
        self.initial = sorted(map(str, initial))

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        parent = model._meta.get_field(self.of)
        column = model._meta.get_field(self.field).column
        moves = [f"('{before}', '{after}')" for before, states in self.transitions.items() for after in states]
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            column=column,
            key=parent.column,
            parent=parent.related_model._meta.db_table,
            initial=", ".join(f"'{state}'" for state in self.initial),
            allowed=f"(before, NEW.{column}) IN ({', '.join(moves)})" if moves else "false",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {model._meta.db_table}; DROP FUNCTION {self.name}()"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        own = {"field": self.field, "of": self.of, "transitions": self.transitions, "initial": self.initial}
        return path, args, kwargs | own
