"""What groups of staff may do, given by migrations."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.migrations import RunPython

Right = tuple[str, str, str]
"""App, verb and model, as ("matching", "view", "match")."""
ByGroup = Mapping[str, Iterable[Right]]


class StaffRights(RunPython):
    """The migration step that gives rights to groups, by name, and takes others away from them.

    Django makes permissions only after all migrations; those named here are made now, and found then.
    """

    def __init__(self, given: ByGroup, *, taken: ByGroup | None = None) -> None:
        super().__init__(self._change, self._change_back)
        self.given = given
        self.taken = taken or {}

    def _change(self, apps: Any, schema_editor: Any) -> None:
        _give(apps, self.given)
        _take(apps, self.taken)

    def _change_back(self, apps: Any, schema_editor: Any) -> None:
        _take(apps, self.given)
        _give(apps, self.taken)


def _give(apps: Any, rights: ByGroup) -> None:
    for group, found in _each(apps, rights):
        group.permissions.add(*found)


def _take(apps: Any, rights: ByGroup) -> None:
    for group, found in _each(apps, rights):
        group.permissions.remove(*found)


def _each(apps: Any, rights: ByGroup) -> Iterable[tuple[Any, list[Any]]]:
    groups = apps.get_model("auth", "Group").objects
    for name, some in rights.items():
        yield groups.get_or_create(name=name)[0], [_permission(apps, *right) for right in some]


def _permission(apps: Any, app: str, verb: str, model: str) -> Any:
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {model}"}
    )
    return found
