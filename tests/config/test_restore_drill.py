"""The restore drill of docs/operations.md: a backup becomes a new database, in which everything holds and is there."""

import os
import subprocess
import sys
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection
from psycopg import sql

from config.runbook import backups, programs
from tests.safety.rows import SECRET_TEXT, fill, person

COUNTS = "SELECT format('SELECT count(*) FROM %I', tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def login():
    connection.ensure_connection()
    info = connection.connection.info
    return {**info.get_parameters(), "password": info.password}


@pytest.fixture
def fresh(login):
    """An empty database made as any other: from template1, which has the extension and the rights."""
    name = f"{login['dbname']}_drill"
    with psycopg.connect(**login, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
        server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def restore(backup, name):
    options = ["--no-comments", "--exit-on-error", "--single-transaction", "--dbname", name]
    programs.run("pg_restore", *options, backups.path(backup))


def counts(login, name):
    with psycopg.connect(**(login | {"dbname": name})) as server:
        statements = [row[0] for row in server.execute(COUNTS).fetchall()]
        return {statement: server.execute(statement).fetchone()[0] for statement in statements}


def manage(login, name, *arguments):
    """A command in the restored database, as an operator runs it."""
    user, password = quote(login["user"]), quote(login["password"])
    url = f"postgres://{user}:{password}@{login['host']}:{login['port']}/{name}"
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        check=False,
        cwd=configured.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "DATABASE_LOGIN": "owner"},
        capture_output=True,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
def test_a_backup_becomes_a_database_in_which_everything_holds(login, fresh, now, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    fill(person(), person())
    backup, before = backups.take(now=now), counts(login, login["dbname"])
    restore(backup, fresh)

    verified = manage(login, fresh, "connect_schema", "verify")
    smoked = manage(login, fresh, "connect_schema", "smoke")
    assert (verified.returncode, "FAIL" in verified.stdout) == (0, False), verified.stdout + verified.stderr
    assert smoked.returncode == 0, smoked.stdout + smoked.stderr

    after = counts(login, fresh)
    audit = "SELECT count(*) FROM safety_auditlog"
    assert before.pop(audit) == after.pop(audit) + 1  # that the backup was taken is written after it
    assert after == before
    with psycopg.connect(**(login | {"dbname": fresh})) as server:
        said = server.execute("SELECT content_ciphertext FROM chat_message").fetchone()[0]
    assert bytes(said) == SECRET_TEXT


@pytest.mark.django_db(transaction=True)
def test_a_restored_database_still_refuses_what_it_should(login, fresh, now, settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    fill(person(), person())
    restore(backups.take(now=now), fresh)
    with psycopg.connect(**(login | {"dbname": fresh})) as server:
        with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
            server.execute("DELETE FROM safety_auditlog")
        server.rollback()
        server.execute("SET ROLE connect_client")
        assert server.execute("SELECT count(*) FROM chat_message").fetchone() == (0,)
