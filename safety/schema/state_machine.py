"""State machines that PostgreSQL itself enforces and records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from safety.schema.base import Protection

# Statement-level: a bulk update of a million rows runs each trigger once, over transition tables joined by id.
# SECURITY DEFINER: the role that changes a row has no right to write the audit itself. The owner bypasses row security.
_FUNCTION = """
CREATE FUNCTION {name}_{event}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $body$
DECLARE bad record;
BEGIN
  SELECT {illegal_row} INTO bad FROM {rows} WHERE {illegal} LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '{table}.{column}: % -> % is not a transition', coalesce(bad.before, '(new)'), bad.after
      USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  INSERT INTO safety_auditlog (actor_id, request_id, action, entity, entity_id, data)
  SELECT nullif(current_setting('app.user_id', true), '')::uuid, coalesce(current_setting('app.request_id', true), ''),
         'transition', '{table}', n.id, jsonb_build_object('field', '{column}', 'from', {before}, 'to', n.{column})
  FROM {rows} WHERE {changed};
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
        table, column = model._meta.db_table, model._meta.get_field(self.field).column
        common = {"name": self.name, "table": table, "column": column}
        return _insert_sql(common, self.initial) + ";" + _update_sql(common, self.transitions)

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        drops = [
            f"DROP TRIGGER {self.name}_{event} ON {table}; DROP FUNCTION {self.name}_{event}()"
            for event in ("insert", "update")
        ]
        return ";\n".join(drops)

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        own = {"field": self.field, "transitions": self.transitions, "initial": self.initial}
        return path, args, kwargs | own


def _insert_sql(common: dict[str, str], initial: list[str]) -> str:
    states = ", ".join(f"'{state}'" for state in initial)
    return _FUNCTION.format(
        **common,
        event="insert",
        rows="fresh n",
        illegal_row=f"null::text AS before, n.{common['column']}::text AS after",
        illegal=f"n.{common['column']} NOT IN ({states})",
        before="null",
        changed="true",
        referencing="NEW TABLE AS fresh",
    )


def _update_sql(common: dict[str, str], transitions: dict[str, list[str]]) -> str:
    column = common["column"]
    moves = [f"('{before}', '{after}')" for before, states in transitions.items() for after in states]
    allowed = f"(o.{column}, n.{column}) IN ({', '.join(moves)})" if moves else "false"
    changed = f"o.{column} IS DISTINCT FROM n.{column}"
    return _FUNCTION.format(
        **common,
        event="update",
        rows="stale o JOIN fresh n USING (id)",
        illegal_row=f"o.{column}::text AS before, n.{column}::text AS after",
        illegal=f"{changed} AND NOT ({allowed})",
        before=f"o.{column}",
        changed=changed,
        referencing="OLD TABLE AS stale NEW TABLE AS fresh",
    )
