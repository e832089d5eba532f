"""Backups in PostgreSQL's custom format, each with a manifest beside it that says what it is."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from config.embedded.environment import write_secret
from config.runbook import migrations, programs
from safety.services import audit


@dataclass(frozen=True)
class Backup:
    """What the manifest of a backup says. `database` is host:port/name, `migrations` the last one of each app."""

    file: str
    database: str
    taken_at: datetime
    server_version: int
    size: int
    sha256: str
    entries: int
    migrations: dict[str, str]


def take(*, now: datetime) -> Backup:
    """Dump the whole database, read the dump back, and write down what it is. Raises CannotRun."""
    final = folder() / f"{connection.settings_dict['NAME']}-{now:%Y%m%dT%H%M%S%f}.dump"
    partial = final.with_suffix(".partial")
    partial.touch(mode=0o600)
    try:
        programs.run("pg_dump", "--format=custom", "--file", partial)
        backup = _described(partial, final.name, now)
        partial.rename(final)
    finally:
        partial.unlink(missing_ok=True)
    write_secret(_manifest(final), json.dumps(asdict(backup), default=datetime.isoformat, indent=2))
    with transaction.atomic():
        noted = {"file": backup.file, "size": backup.size, "sha256": backup.sha256}
        audit.record(action="backup_taken", actor=None, entity="database", entity_id=None, **noted)
    return backup


def folder() -> Path:
    """Where backups lie, closed to everybody else."""
    settings.BACKUP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.BACKUP_DIR


def path(backup: Backup) -> Path:
    return folder() / backup.file


def latest() -> Backup | None:
    """The newest backup of this database."""
    known = (read(file) for file in folder().glob("*.json"))
    return max((b for b in known if b.database == address()), key=lambda b: b.taken_at, default=None)


def read(manifest: Path) -> Backup:
    told = json.loads(manifest.read_text())
    return Backup(**told | {"taken_at": datetime.fromisoformat(told["taken_at"])})


def fault(backup: Backup, *, now: datetime, max_age: timedelta) -> str | None:
    """Why a backup cannot be relied on, in words; None if it can."""
    if backup.taken_at > now:
        return "taken in the future"
    if now - backup.taken_at > max_age:
        return f"older than {max_age}"
    if not path(backup).exists():
        return "the file is gone"
    if _sha256(path(backup)) != backup.sha256:
        return "the file is not what was written"
    return None


def address() -> str:
    """Which database this is, as far as a client can tell."""
    connection.ensure_connection()
    login = connection.connection.info
    return f"{login.host}:{login.port}/{login.dbname}"


def _described(dump: Path, name: str, now: datetime) -> Backup:
    entries = [line for line in programs.run("pg_restore", "--list", dump).splitlines() if line[:1] != ";"]
    return Backup(
        file=name,
        database=address(),
        taken_at=now,
        server_version=programs.server_version(),
        size=dump.stat().st_size,
        sha256=_sha256(dump),
        entries=len(entries),
        migrations=migrations.state().latest,
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _manifest(dump: Path) -> Path:
    return dump.with_suffix(".json")
