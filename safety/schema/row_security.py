"""Row-level security of one table."""

from collections.abc import Sequence
from typing import Any

from safety.roles import CLIENT, SERVICE
from safety.schema.base import Protection

# The person acting; null for nobody, and then every comparison is null and no row passes. As a sub-select it is
# computed once a statement instead of once a row.
ME = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"


def owner(column: str = "user_id") -> str:
    """Rows whose `column` is the person acting."""
    return f"{column} = {ME}"


def pair(first: str, second: str) -> str:
    """Rows in which the person acting is one of two."""
    return f"{ME} IN ({first}, {second})"


def through(table: str, column: str) -> str:
    """Rows that belong, by `column`, to a row of `table` that the person acting may see."""
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {column})"


class RowSecurity(Protection):
    """Which rows the client role may read and write: one SQL condition a command, absent for "none at all".

    The service role passes always; everybody else, the table's owner included, never. The client is granted exactly
    the commands that have a condition. An update's condition holds before and after.
    """

    def __init__(
        self,
        *,
        name: str,
        select: str | None = None,
        insert: str | None = None,
        update: str | None = None,
        delete: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.conditions = {"select": select, "insert": insert, "update": update, "delete": delete}

    @property
    def given(self) -> dict[str, str]:
        return {command: sql for command, sql in self.conditions.items() if sql}

    def policies(self) -> dict[str, tuple[str, str, str]]:
        """Expected policies: name -> (role, command, condition)."""
        client = {f"{self.name}_{cmd}": (CLIENT, cmd.upper(), sql) for cmd, sql in self.given.items()}
        return client | {f"{self.name}_service": (SERVICE, "ALL", "true")}

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"REVOKE ALL ON {table} FROM {CLIENT}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SERVICE}",
        ]
        if self.given:
            statements.append(f"GRANT {', '.join(self.given).upper()} ON {table} TO {CLIENT}")
        return ";\n".join([*statements, *self.policy_statements(table)])

    def policy_statements(self, table: str) -> list[str]:
        return [_policy(table, name, *policy) for name, policy in self.policies().items()]

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = model._meta.db_table
        statements = [f"DROP POLICY {name} ON {table}" for name in self.policies()]
        statements += [
            f"REVOKE ALL ON {table} FROM {CLIENT}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        ]
        return ";\n".join([*statements, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"])

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | self.given


def _policy(table: str, name: str, role: str, command: str, condition: str) -> str:
    using = f" USING ({condition})" if command != "INSERT" else ""
    check = f" WITH CHECK ({condition})" if command in {"INSERT", "UPDATE", "ALL"} else ""
    return f"CREATE POLICY {name} ON {table} FOR {command} TO {role}{using}{check}"
