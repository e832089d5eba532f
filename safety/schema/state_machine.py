"""State machines that PostgreSQL itself enforces and records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.migrations import RunPython

from safety.schema.base import Protection

# Which moves are refused is asked of each row as it changes and costs a legal one next to nothing.
_REFUSAL = """
CREATE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $body$
BEGIN
  RAISE EXCEPTION '{table}.{column}: % -> % is not a transition', coalesce(OLD.{column}::text, '(new)'), NEW.{column}
    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
END $body$;
CREATE TRIGGER {name}_first AFTER INSERT ON {table} FOR EACH ROW
  WHEN (NEW.{column} NOT IN ({initial})) EXECUTE FUNCTION {name}_refuse();
CREATE TRIGGER {name}_move AFTER UPDATE ON {table} FOR EACH ROW
  WHEN (OLD.{column} IS DISTINCT FROM NEW.{column} AND NOT ({allowed})) EXECUTE FUNCTION {name}_refuse();
"""

# Statement-level: a bulk update of a million rows runs the trigger once, over transition tables joined by id. A session
# keeps the plan it made for its first statement, mostly of one row, so only a join that bears any number is allowed.
# SECURITY DEFINER: the role that changes a row has no right to write the audit itself. The owner bypasses row security.
_RECORD = """
CREATE FUNCTION {name}_{event}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
SET enable_nestloop = off SET enable_mergejoin = off
AS $body$
BEGIN
  INSERT INTO safety_auditlog (actor_id, request_id, action, entity, entity_id, data)
  SELECT nullif(current_setting('app.user_id', true), '')::uuid, coalesce(current_setting('app.request_id', true), ''),
         'transition', '{table}', n.id, jsonb_build_object('field', '{column}', 'from', {before}, 'to', n.{column})
  FROM {rows};
  RETURN NULL;
END $body$;
CREATE TRIGGER {name}_{event} AFTER {event} ON {table} REFERENCING {referencing}
  FOR EACH STATEMENT EXECUTE FUNCTION {name}_{event}()
"""


class StateMachine(Protection):
    """Refuse moves that `transitions` does not list and first states outside `initial`; audit every move.

    `transitions` maps each state to those it may move to (none for a terminal one); every state must stand in it.
    """

    def __init__(
        self, *, name: str, field: str, transitions: Mapping[Any, Iterable[str]], initial: Iterable[str]
    ) -> None:
        super().__init__(name=name)
        self.field = field
        self.transitions = {str(state): sorted(map(str, after)) for state, after in sorted(transitions.items())}
        self.initial = sorted(map(str, initial))

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        names = {
            "name": self.name,
            "table": model._meta.db_table,
            "column": model._meta.get_field(self.field).column,
        }
        return _refusal(names, self.initial, self.transitions) + _record_first(names) + ";" + _record_move(names)

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        """A trigger goes with its function. One made before moves were refused row by row has no function for that."""
        return (
            f"DROP FUNCTION {self.name}_insert(), {self.name}_update() CASCADE; "
            f"DROP FUNCTION IF EXISTS {self.name}_refuse() CASCADE"
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        own = {"field": self.field, "transitions": self.transitions, "initial": self.initial}
        return path, args, kwargs | own


def _refusal(names: dict[str, str], initial: list[str], transitions: dict[str, list[str]]) -> str:
    column = names["column"]
    moves = [f"('{before}', '{after}')" for before, states in transitions.items() for after in states]
    allowed = f"(OLD.{column}, NEW.{column}) IN ({', '.join(moves)})" if moves else "false"
    return _REFUSAL.format(**names, initial=", ".join(f"'{state}'" for state in initial), allowed=allowed)


def _record_first(names: dict[str, str]) -> str:
    return _RECORD.format(**names, event="insert", rows="fresh n", before="null", referencing="NEW TABLE AS fresh")


def _record_move(names: dict[str, str]) -> str:
    column = names["column"]
    return _RECORD.format(
        **names,
        event="update",
        rows=f"stale o JOIN fresh n USING (id) WHERE o.{column} IS DISTINCT FROM n.{column}",
        before=f"o.{column}",
        referencing="OLD TABLE AS stale NEW TABLE AS fresh",
    )


class StateMachinesAnew(RunPython):
    """The migration step after a change of this module: the triggers of every machine are made again."""

    def __init__(self) -> None:
        super().__init__(_make_again, RunPython.noop)


def _make_again(apps: Any, schema_editor: Any) -> None:
    for model in apps.get_models():
        for machine in (one for one in model._meta.constraints if isinstance(one, StateMachine)):
            schema_editor.execute(machine.remove_sql(model, schema_editor), params=None)
            schema_editor.execute(machine.create_sql(model, schema_editor), params=None)
