"""What has to hold before a database is migrated."""

import shutil
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection

from config.runbook import backups, migrations, programs, seeds
from config.runbook.reports import Line

# A migration may write a table anew before it drops the old one.
ROOM = 2


def check(*, now: datetime) -> list[Line]:
    """Core tables, Connect tables, room on disk, migrations and a recent backup. Needs the owner's login."""
    return [*_core_tables(), *_connect_tables(), *_room(), *_migrations(), _backup(now)]


def _core_tables() -> Iterator[Line]:
    tables = connection.introspection.table_names()
    for seed in seeds.CORE:
        if seed.ours is None:
            yield Line("core tables", seed.table, "not part of this release", ok=None)
        else:
            there = seed.ours in tables
            yield Line("core tables", seed.table, seed.ours if there else f"{seed.ours} is missing", there)


def _connect_tables() -> Iterator[Line]:
    """Either way is right: none before the first migration, all after it."""
    tables = connection.introspection.table_names()
    for seed in seeds.CONNECT:
        found = seed.ours if seed.ours in tables else None
        yield Line("connect tables", seed.table, found or "not there yet", True if found else None)


def _room() -> Iterator[Line]:
    size = _database_size()
    yield Line("size", "database", _megabytes(size), ok=None)
    data = programs.data_directory()
    if data is None:
        yield Line("room", "database volume", "unknown: on another host, look there", ok=None)
    else:
        yield _volume("database volume", shutil.disk_usage(data).free, ROOM * size)
    yield _volume("backup volume", shutil.disk_usage(backups.folder()).free, size)


def _volume(what: str, free: int, needed: int) -> Line:
    return Line("room", what, f"{_megabytes(free)} free, {_megabytes(needed)} needed", free >= needed)


def _migrations() -> Iterator[Line]:
    """What is about to be applied is told; only a database that is ahead of this code is wrong."""
    state = migrations.state()
    yield Line("migrations", "applied", str(state.applied), ok=None)
    yield from (Line("migrations", name, "is to be applied", ok=None) for name in state.pending)
    yield from (Line("migrations", name, "is not known to this code", ok=False) for name in state.unknown)


def _backup(now: datetime) -> Line:
    backup = backups.latest()
    if backup is None:
        return Line("backup", "latest", "none taken", ok=False)
    fault = backups.fault(backup, now=now, max_age=settings.BACKUP_MAX_AGE)
    return Line("backup", "latest", f"{backup.file}: {fault or backup.taken_at.isoformat()}", fault is None)


def _database_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size: int = cursor.fetchone()[0]
    return size


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.0f} MB"
