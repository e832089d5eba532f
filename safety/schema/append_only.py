"""Tables that only ever grow."""

from typing import Any

from safety.schema.base import Protection


class AppendOnly(Protection):
    """Refuse UPDATE and DELETE for every role; the function that raises is made by safety's first migration."""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        return (
            f"CREATE TRIGGER {self.name} BEFORE UPDATE OR DELETE ON {model._meta.db_table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION safety_refuse_change()"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return f"DROP TRIGGER {self.name} ON {model._meta.db_table}"
