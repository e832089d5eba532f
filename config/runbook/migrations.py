"""Which migrations the database has, and which the code has."""

from dataclasses import dataclass

from django.db import connection
from django.db.migrations.loader import MigrationLoader


@dataclass(frozen=True)
class State:
    """`pending` are in the code only, `unknown` in the database only; `latest` is the last one applied of each app."""

    applied: int
    pending: list[str]
    unknown: list[str]
    latest: dict[str, str]

    @property
    def complete(self) -> bool:
        return not self.pending and not self.unknown


def state() -> State:
    loader = MigrationLoader(connection)
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations or ())
    migrated = {app for app, _ in known}
    unknown = {name for name in applied - known if name[0] in migrated}
    return State(
        applied=len(applied & known),
        pending=[f"{app}.{name}" for app, name in sorted(known - applied)],
        unknown=[f"{app}.{name}" for app, name in sorted(unknown)],
        latest=dict(sorted(applied & known)),
    )
