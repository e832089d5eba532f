"""`connect_schema preflight`: what is missing before a migration."""

import shutil
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from config.runbook import backups, preflight, programs, seeds
from tests.config.runbook import failing, run


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    return settings.BACKUP_DIR


@pytest.fixture
def backed_up(db, now):
    return backups.take(now=now)


def change(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def said(what):
    return next(line for line in run("preflight")[1].splitlines() if f" {what} " in line)


def test_a_database_in_order_passes(backed_up):
    assert failing("preflight") == []


def test_a_backup_is_asked_for(db):
    assert failing("preflight") == [("latest", "none taken")]


def test_a_backup_of_yesterday_is_too_old(db, now):
    old = backups.take(now=now - timedelta(hours=24, seconds=1))
    assert failing("preflight") == [("latest", f"{old.file}: older than 1 day, 0:00:00")]


def test_a_backup_that_was_changed_is_none(backed_up):
    backups.path(backed_up).write_bytes(b"something else")
    assert failing("preflight") == [("latest", f"{backed_up.file}: the file is not what was written")]


def test_a_core_table_that_is_missing_is_named(backed_up):
    change("DROP TABLE connect_authidentity CASCADE")
    assert failing("preflight") == [("identities", "connect_authidentity is missing")]


def test_what_no_app_has_yet_is_told_and_no_fault(backed_up, monkeypatch):
    unknown = seeds.Seed("checkins", "streaks.NotThere")
    monkeypatch.setattr(seeds, "CORE", [unknown])
    assert failing("preflight") == []
    assert said("checkins").startswith("-")


@pytest.mark.parametrize("there", [True, False])
def test_connect_tables_may_be_there_or_not(backed_up, there):
    if not there:
        change("DROP TABLE chat_reveal CASCADE")
    assert failing("preflight") == []
    assert said("reveals").endswith("chat_reveal" if there else "not there yet")


def test_what_is_to_be_applied_is_told_and_no_fault(backed_up):
    change("DELETE FROM django_migrations WHERE app = 'chat' AND name LIKE '0002%'")
    assert failing("preflight") == []
    assert "is to be applied" in said("chat.0002_initial")


def test_a_database_ahead_of_the_code_is_refused(backed_up):
    change("INSERT INTO django_migrations (app, name, applied) VALUES ('chat', '9999_later', now())")
    assert failing("preflight") == [("chat.9999_later", "is not known to this code")]


@pytest.fixture
def volumes(monkeypatch):
    """How many bytes are free, by path; the database has 100 MB."""
    free = {}
    monkeypatch.setattr(preflight, "_database_size", lambda: 100 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free[path] * 1024**2))
    return free


def test_room_for_a_table_written_anew_and_for_a_backup_is_asked_for(backed_up, volumes, folder, monkeypatch):
    monkeypatch.setattr(programs, "data_directory", lambda: "data")
    volumes |= {"data": 200, folder: 100}
    assert failing("preflight") == []
    volumes |= {"data": 199, folder: 99}
    assert failing("preflight") == [
        ("database volume", "199 MB free, 200 MB needed"),
        ("backup volume", "99 MB free, 100 MB needed"),
    ]


def test_a_volume_on_another_host_is_said_to_be_unknown(backed_up, monkeypatch):
    monkeypatch.setattr(programs, "data_directory", lambda: None)
    assert said("database volume").startswith("-")
    assert "unknown" in said("database volume")
