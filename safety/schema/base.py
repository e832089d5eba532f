"""What the kinds of protection share."""

from typing import Any

from django.db.models.constraints import BaseConstraint


class Protection(BaseConstraint):
    """A named piece of SQL that belongs to one table and is made and dropped with it."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Called while the table is being created: it has to exist first, so ours waits."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return None

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Nothing to check in Python: the database refuses."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Protection):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)
