"""The embedded servers for real: their life cycle, and the roles they come with."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from config.embedded import ServicesDown, cache, environment, lifecycle, load_environment, locate, postgres
from config.embedded.places import PROJECT
from config.embedded.processes import first_number, is_running, wait_until

GIVEN_TO_TESTS = (*environment.ADDRESSES, *environment.GENERATED, "EMBEDDED_NAME")


@pytest.fixture(scope="module")
def folder():
    """A VAR_DIR that the servers' account may enter; pytest's own temporary folders are closed to it."""
    path = Path(tempfile.mkdtemp(prefix="connect-"))
    path.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        _forget_servers_of_this_run(patch, path)
        yield path
        for name in ("test", "dev"):
            lifecycle.reset(name)
    shutil.rmtree(path)


def _forget_servers_of_this_run(patch, path):
    patch.setenv("VAR_DIR", str(path))
    for key in GIVEN_TO_TESTS:
        patch.delenv(key, raising=False)


@pytest.fixture
def place(folder):
    """Running servers; a test may do with them what it likes."""
    lifecycle.start("test")
    return locate("test")


def values(place):
    return environment.read(place)


def login(place, role, database="maitribe"):
    """A connection of one of the three login roles, with its own password."""
    address = psycopg.conninfo.conninfo_to_dict(values(place)["DATABASE_URL"])
    password = values(place)[f"DATABASE_{role.upper()}_PASSWORD"]
    overrides = {"user": f"connect_{role}", "password": password, "dbname": database}
    return psycopg.connect(**(address | overrides), autocommit=True)


@pytest.fixture
def letters(place):
    """A table that the client may read and the service may write."""
    with login(place, "owner") as owner:
        owner.execute("CREATE TABLE letters (body text)")
        owner.execute("GRANT SELECT ON letters TO connect_client, connect_service")
        owner.execute("GRANT INSERT ON letters TO connect_service")
    yield place
    with login(place, "owner") as owner:
        owner.execute("DROP TABLE letters")


def pids(place):
    return first_number(place.postgres / "postmaster.pid"), first_number(place.redis / "pid")


def gone(pid):
    return wait_until(lambda: not is_running(pid), seconds=10)


def command(*arguments, module="config.embedded", **extra):
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=os.environ | extra,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


# Roles


def test_the_owner_sees_past_row_security_but_is_no_superuser(place):
    with login(place, "owner") as owner:
        query = "SELECT rolsuper, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert owner.execute(query).fetchone() == (False, True, True)


def test_only_the_owner_sees_past_row_security(place):
    with login(place, "owner") as owner:
        query = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'connect%' AND rolbypassrls"
        assert owner.execute(query).fetchall() == [("connect_owner",)]


def test_the_web_reads_nothing_without_a_role(letters):
    with login(letters, "web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT * FROM letters")


def test_the_web_reads_in_the_clients_role(letters):
    with login(letters, "web") as web:
        web.execute("SET ROLE connect_client")
        assert web.execute("SELECT * FROM letters").fetchall() == []


def test_the_web_cannot_become_the_owner(letters):
    with login(letters, "web") as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SET ROLE connect_owner")


def test_a_worker_has_the_services_rights_from_the_start(letters):
    with login(letters, "worker") as worker:
        worker.execute("INSERT INTO letters VALUES ('hello')")


def test_a_worker_in_the_clients_role_loses_the_services_rights(letters):
    with login(letters, "worker") as worker:
        worker.execute("SET ROLE connect_client")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute("INSERT INTO letters VALUES ('hello')")


@pytest.mark.parametrize("role", ["connect_client", "connect_service", "connect_web", "connect_worker"])
def test_the_owner_can_step_into_every_role(place, role):
    with login(place, "owner") as owner:
        owner.execute(f"SET ROLE {role}")
        assert owner.execute("SELECT current_user::text").fetchone() == (role,)


@pytest.mark.parametrize("role", ["client", "service"])
def test_the_working_roles_cannot_log_in(place, role):
    url = values(place)["DATABASE_URL"].replace("connect_owner", f"connect_{role}")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.parametrize("role", ["web", "worker"])
def test_only_the_owner_makes_tables(place, role):
    with login(place, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE public.mine ()")


def test_a_new_database_has_vectors_and_rights_on_the_schema(place):
    with login(place, "owner") as owner:
        owner.execute("CREATE DATABASE test_new")
    with login(place, "owner", "test_new") as owner:
        owner.execute("CREATE TABLE points (at vector(3))")
        owner.execute("SET ROLE connect_service")
        right = "SELECT has_schema_privilege('public', 'USAGE'), has_schema_privilege('public', 'CREATE')"
        assert owner.execute(right).fetchone() == (True, False)
    with login(place, "owner") as owner:
        owner.execute("DROP DATABASE test_new")


def test_the_log_holds_no_password(place):
    log = (place.postgres / "postgres.log").read_text()
    assert not [key for key, value in values(place).items() if key.endswith("PASSWORD") and value in log]


# Life cycle


def test_what_is_secret_is_readable_by_its_owner_only(place):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (place.environment, place.superuser)}
    assert modes == {0o600}


def test_a_second_start_changes_nothing(place):
    before = pids(place)
    assert lifecycle.start("test") is False
    assert pids(place) == before


def test_two_starts_at_once_give_one_server(folder):
    lifecycle.stop("test")
    starts = [command("start", "--name", "test") for _ in range(2)]
    said = sorted(start.communicate()[0].strip() for start in starts)
    assert said == ["PostgreSQL and Redis are up.", "PostgreSQL and Redis were up already."]


def test_data_and_addresses_are_found_again(place):
    before = values(place)
    with login(place, "owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
    lifecycle.stop("test")
    lifecycle.start("test")
    with login(place, "owner") as owner:
        assert owner.execute("SELECT word FROM kept").fetchone() == ("still here",)
        owner.execute("DROP TABLE kept")
    assert values(place) == before


def test_stop_leaves_no_process(place):
    before = pids(place)
    lifecycle.stop("test")
    assert all(gone(pid) for pid in before)
    assert lifecycle.status("test") == {"postgresql": False, "redis": False}


def test_pid_files_of_a_crash_do_not_stand_in_the_way(place):
    for pid in pids(place):
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
    # After a restart of the machine the numbers may belong to others, here to this very process.
    lines = (place.postgres / "postmaster.pid").read_text().splitlines()[1:]
    (place.postgres / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines]) + "\n")
    (place.redis / "pid").write_text(str(os.getpid()))
    assert lifecycle.start("test") is True
    assert lifecycle.status("test") == {"postgresql": True, "redis": True}


def test_servers_end_with_the_process_they_are_watched_for(folder):
    lifecycle.stop("test")
    holder = command("with", "--name", "test", "--", "sleep", "60")
    place = locate("test")
    assert wait_until(lambda: all(lifecycle.status("test").values()) and place.watched.exists(), seconds=15)
    running = pids(place)
    holder.kill()
    holder.wait()
    assert all(gone(pid) for pid in running)


def test_with_returns_the_code_of_its_command_and_stops(folder):
    lifecycle.stop("test")
    assert command("with", "--name", "test", "--", sys.executable, "-c", "raise SystemExit(7)").wait() == 7
    assert not any(lifecycle.status("test").values())


def test_reset_deletes_everything(folder):
    lifecycle.start("dev")
    lifecycle.reset("dev")
    assert not locate("dev").var.exists()
    assert not locate("dev").home.exists()


def test_a_folder_that_only_root_may_enter_is_no_obstacle(folder, monkeypatch):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("VAR_DIR", str(closed / "var"))
    try:
        lifecycle.start("test")
        assert all(lifecycle.status("test").values())
    finally:
        lifecycle.reset("test")


# The stack


def test_a_port_in_use_is_said_in_one_line_before_anything_starts(folder):
    lifecycle.stop("test")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = command("start", "--port", port, module="config.run", EMBEDDED_NAME="test")
        said, _ = run.communicate()
    assert (run.returncode, len(said.splitlines())) == (1, 1)
    assert f"Port {port} is in use" in said
    assert not any(lifecycle.status("test").values())


# The environment


def test_an_address_from_outside_is_used_and_nothing_started(folder, monkeypatch):
    lifecycle.stop("test")
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@elsewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    assert lifecycle.start("test") is False
    assert environment.exported(locate("test"))["DATABASE_URL"] == "postgres://somebody@elsewhere/else"


def test_only_the_server_that_is_missing_is_started(folder, monkeypatch):
    lifecycle.stop("test")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    lifecycle.start("test")
    assert lifecycle.status("test") == {"postgresql": True, "redis": False}


def test_a_process_finds_running_servers(place, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    load_environment("test")
    assert os.environ["DATABASE_URL"] == values(place)["DATABASE_URL"]


def test_a_process_is_told_what_to_start(folder):
    lifecycle.stop("test")
    with pytest.raises(ServicesDown, match="make services"):
        load_environment("test")


def test_no_server_is_taken_for_running_that_never_was(folder):
    assert not postgres.is_up(locate("never"))
    assert not cache.is_up(locate("never"))
