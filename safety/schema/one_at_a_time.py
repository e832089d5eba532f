"""Pairs of people of whom nobody is in two at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from safety.schema.base import Protection

# The people are locked before the look: of two writers who bring the same person, the second waits and then sees what
# the first wrote. Whoever writes a pair holds its people in this order anyway, and waits for nobody here.
_FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $body$
DECLARE
  people uuid[];
BEGIN
  SELECT array_agg(DISTINCT p.id) INTO people
  FROM fresh JOIN LATERAL (VALUES (fresh.{first}), (fresh.{second})) p(id) ON true WHERE {condition};
  PERFORM 1 FROM {parent} WHERE id = ANY (people) ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM (
      SELECT {first} AS person FROM {table} WHERE {condition} AND {first} = ANY (people)
      UNION ALL
      SELECT {second} FROM {table} WHERE {condition} AND {second} = ANY (people)
    ) pairs GROUP BY person HAVING count(*) > 1
  ) THEN
    RAISE EXCEPTION '{table}: somebody would be in two pairs at once'
      USING ERRCODE = 'unique_violation', CONSTRAINT = '{name}', TABLE = '{table}';
  END IF;
  RETURN NULL;
END $body$;
CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""


class OneAtATime(Protection):
    """Refuse, for every role, a new row whose `condition` holds while one of its two `people` is in another such row.

    `condition` is SQL over the row's columns. It must not begin to hold later.
    """

    def __init__(self, *, name: str, people: Iterable[str], condition: str) -> None:
        super().__init__(name=name)
        self.people = list(people)
        self.condition = condition

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        first, second = (model._meta.get_field(name) for name in self.people)
        return _FUNCTION.format(
            name=self.name,
            table=model._meta.db_table,
            first=first.column,
            second=second.column,
            parent=first.related_model._meta.db_table,
            condition=self.condition,
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {model._meta.db_table}; DROP FUNCTION {self.name}()"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"people": self.people, "condition": self.condition}
