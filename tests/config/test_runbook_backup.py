"""`connect_schema backup`: a dump that can be read back, closed to others, with a manifest that says what it is."""

import hashlib
import json
import stat
import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from config.runbook import backups, programs
from config.runbook.programs import CannotRun
from safety.models import AuditLog
from tests.config.runbook import run

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


@pytest.fixture
def backup(db, now):
    return backups.take(now=now)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_command_says_where_it_is(db, folder):
    well, said = run("backup")
    assert well
    assert said.startswith(f"{folder}/{connection.settings_dict['NAME']}-")


def test_it_is_in_the_custom_format(backup):
    assert backups.path(backup).read_bytes()[:5] == b"PGDMP"


def test_it_was_read_back(backup):
    listed = programs.run("pg_restore", "--list", backups.path(backup))
    assert "TABLE DATA public chat_message" in listed
    assert backup.entries == sum(not line.startswith(";") for line in listed.splitlines())


def test_nobody_else_may_read_it(backup, folder):
    assert {mode(file) for file in folder.iterdir()} == {0o600}
    assert mode(folder) == 0o700


def test_the_manifest_says_what_it_is(backup, now):
    file = backups.path(backup)
    told = json.loads(file.with_suffix(".json").read_text())
    assert told == {
        "file": file.name,
        "database": backups.address(),
        "taken_at": now.isoformat(),
        "server_version": programs.server_version(),
        "size": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "entries": backup.entries,
        "migrations": told["migrations"],
    }
    assert told["migrations"]["chat"].startswith("0")


def test_a_manifest_is_read_as_it_was_written(backup):
    assert backups.latest() == backup


def test_it_stands_in_the_audit(backup):
    entry = AuditLog.objects.get(action="backup_taken")
    assert (entry.entity, entry.data["sha256"]) == ("database", backup.sha256)


def test_the_password_stands_on_no_command_line(db, now, monkeypatch):
    lines, real = [], subprocess.run

    def watched(command, **options):
        lines.append(command)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    backups.take(now=now)
    password = connection.settings_dict["PASSWORD"]
    assert any("--format=custom" in line for line in lines)
    assert not any(password in word for line in lines for word in line)


def test_programs_older_than_the_server_are_refused_in_one_line(db, monkeypatch, folder):
    monkeypatch.setattr(programs, "_major", lambda program: 17)
    well, said = run("backup")
    major = programs.server_version() // 10_000
    told = f"There is no pg_dump for PostgreSQL {major}; version 17 is too old: install that version's client programs."
    assert (well, said) == (False, told)
    assert list(folder.iterdir()) == []


def test_without_the_programs_it_says_so(db, monkeypatch):
    monkeypatch.setattr(programs, "_candidates", lambda name: iter(()))
    with pytest.raises(CannotRun, match="There is no pg_dump for PostgreSQL"):
        programs.find("pg_dump")


def test_the_servers_own_version_goes_before_a_newer_one(db, monkeypatch, tmp_path):
    major = programs.server_version() // 10_000
    versions = {tmp_path / "newer": major + 1, tmp_path / "same": major, tmp_path / "older": major - 1}
    monkeypatch.setattr(programs, "_candidates", lambda name: iter(versions))
    monkeypatch.setattr(programs, "_major", versions.get)
    assert programs.find("pg_dump") == tmp_path / "same"


def test_a_dump_that_fails_leaves_no_file_and_no_record(db, now, monkeypatch, folder):
    monkeypatch.setattr(programs, "_login", lambda: {"PGHOST": "127.0.0.1", "PGPORT": "1", "PGCONNECT_TIMEOUT": "2"})
    with pytest.raises(CannotRun, match="pg_dump failed"):
        backups.take(now=now)
    assert list(folder.iterdir()) == []
    assert not AuditLog.objects.filter(action="backup_taken").exists()


def test_the_newest_of_this_database_is_the_latest(backup, folder, now):
    older = backups.take(now=now - HOUR)
    elsewhere = json.loads((folder / backup.file).with_suffix(".json").read_text())
    later = elsewhere | {"database": "elsewhere:5432/maitribe", "taken_at": (now + HOUR).isoformat()}
    (folder / "elsewhere.json").write_text(json.dumps(later))
    assert (backups.latest(), older.taken_at) == (backup, now - HOUR)


def test_there_may_be_none(db):
    assert backups.latest() is None


def test_a_fresh_one_can_be_relied_on(backup, now):
    assert backups.fault(backup, now=now + HOUR, max_age=HOUR) is None


def test_an_old_one_cannot(backup, now):
    assert backups.fault(backup, now=now + HOUR + timedelta(seconds=1), max_age=HOUR) == "older than 1:00:00"


def test_one_whose_file_is_gone_cannot(backup, now):
    backups.path(backup).unlink()
    assert backups.fault(backup, now=now, max_age=HOUR) == "the file is gone"


def test_one_that_was_changed_cannot(backup, now):
    file = backups.path(backup)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert backups.fault(backup, now=now, max_age=HOUR) == "the file is not what was written"


def test_one_from_the_future_cannot(backup, now):
    ahead = replace(backup, taken_at=now + HOUR)
    assert backups.fault(ahead, now=now, max_age=HOUR) == "taken in the future"
