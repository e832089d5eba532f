"""The database of a run: migrated once for all its processes, and emptied at the cost of what is in it.

A template is migrated and kept; each process works on a copy. A test with transactions of its own loses its rows, and
what migrations put there stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

NAME = settings.DATABASES["default"]["TEST"]["NAME"]
"""The test database's before each process of a run gets one of its own."""
GUARDED = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 <> 0
"""
"""Tables that a trigger keeps from losing rows."""

_shipped: dict[str, list[bytes]] = {}


@contextmanager
def copied_from_template() -> Iterator[None]:
    """The test database about to be made is a copy of the template, which is made here where there is none."""
    of_run = connection.settings_dict["TEST"]
    template = f"{NAME}_template_{_digest()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [NAME])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{NAME}_template_"])
        found = {row[0] for row in cursor.fetchall()}
        if template not in found:
            _migrate(f"{template}_unready")
            cursor.execute(f'ALTER DATABASE "{template}_unready" RENAME TO "{template}"')
        for old in found - {template, f"{template}_unready"}:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    of_run["TEMPLATE"] = template
    yield
    of_run["TEMPLATE"] = None


def _digest() -> str:
    """Names the code that a migrated database is made by: another code, another template."""
    ours = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    files = [file for folder in ours for file in sorted(folder.rglob("*")) if file.suffix in {".py", ".sql", ".json"}]
    files.append(settings.BASE_DIR / "requirements.txt")
    return sha256(b"".join(sha256(file.read_bytes()).digest() for file in files)).hexdigest()[:16]


def _migrate(name: str) -> None:
    before, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        connection.settings_dict["TEST"]["NAME"] = test
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before


def remember_what_ships() -> None:
    """What migrations put into tables; read before the first test."""
    with connection.cursor() as cursor:
        _shipped.update({table: _content(cursor, table) for table in _filled(cursor)})


def forget_what_was_written(case: TransactionTestCase) -> None:
    """In the place of Django's flush: every table holds again what ships, and only tables that do not are touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        changed = [table for table, rows in _shipped.items() if _content(cursor, table) != rows]
        touched = [*{*_filled(cursor)} - {*_shipped}, *changed]
        cursor.execute(GUARDED)
        guarded = {row[0] for row in cursor.fetchall()} & {*touched}
        _each(cursor, "ALTER TABLE {} DISABLE TRIGGER USER", guarded | {*changed})
        _delete(cursor, touched)
        for table in changed:
            with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(b"".join(_shipped[table]))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _each(cursor, "ALTER TABLE {} ENABLE TRIGGER USER", guarded | {*changed})


def _delete(cursor: Any, tables: list[str]) -> None:
    """All in one statement: what refers to a row may be deleted before or after it."""
    if tables:
        deletions = ", ".join(f'd{number} AS (DELETE FROM "{table}")' for number, table in enumerate(tables))
        cursor.execute(f"WITH {deletions} SELECT 1")


@contextmanager
def undone(blocker: Any) -> Iterator[None]:
    """What a fixture of a module makes once for its tests, each of which undoes only what it does itself.

    Not in a module whose tests have transactions of their own: they would not see it.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _each(cursor: Any, statement: str, tables: Any) -> None:
    if tables:
        cursor.execute(";".join(statement.format(f'"{table}"') for table in tables))


def _filled(cursor: Any) -> list[str]:
    """Tables with rows, but for the record of migrations."""
    tables = [table for table in connection.introspection.table_names(cursor) if table != "django_migrations"]
    cursor.execute(" UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM \"{t}\")" for t in tables))
    return [row[0] for row in cursor.fetchall()]


def _content(cursor: Any, table: str) -> list[bytes]:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return sorted(bytes(row) for row in copy)
