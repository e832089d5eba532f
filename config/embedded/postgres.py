"""PostgreSQL 18 with pgvector: make a cluster, start it, stop it."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.embedded import programs
from config.embedded.account import CommandFailed
from config.embedded.places import Place
from config.embedded.processes import HOST, first_number, is_running

DATABASE = "maitribe"
OWNER = "connect_owner"
INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C",
    "--builtin-locale=C.UTF-8",
    "--no-sync",
)
# Loopback only, and no socket in the file system: its path must be short, a checkout's need not be.
ALWAYS = {"listen_addresses": HOST, "unix_socket_directories": "", "max_connections": "200"}
# Tests build their data anew each time, so a crash may lose it; all other sets are as durable as production.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def is_up(place: Place) -> bool:
    """Whether the server of this place runs and takes connections."""
    try:
        lines = _pid_file(place).read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready" and _is_ours(place)


def make_cluster(place: Place, password: str) -> None:
    """Run initdb, once; beside the final folder, so that a broken attempt is never taken for a cluster."""
    if (place.postgres / "PG_VERSION").exists():
        return
    partial = place.postgres.with_name("postgres.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    place.account.own(partial)
    initdb = programs.postgres(place, "initdb")
    with _password_file(place, password) as file:
        options: list[str | Path] = ["-D", partial, "-U", "postgres", f"--pwfile={file}", *INITDB]
        place.account.run([initdb, *options], cwd=place.home)
    partial.rename(place.postgres)


@contextlib.contextmanager
def _password_file(place: Place, password: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", dir=place.home, prefix="pw") as file:
        place.account.own(Path(file.name))
        file.write(password)
        file.flush()
        yield file.name


def start(place: Place, port: int) -> None:
    """Start the server and wait until it takes connections; raises CommandFailed with the end of its log."""
    if not _is_ours(place):
        _pid_file(place).unlink(missing_ok=True)
    settings = {**ALWAYS, **(FORGETFUL if place.name == "test" else {}), "port": str(port)}
    options = " ".join(f"-c {key}={value}" for key, value in settings.items())
    log = place.postgres / "postgres.log"
    try:
        _pg_ctl(place, "start", "-w", "-t", "60", "-l", str(log), "-o", options)
    except CommandFailed as error:
        raise CommandFailed(f"PostgreSQL did not start, see {log}: {_tail(log)}") from error


def stop(place: Place) -> None:
    """Stop the server, by force when a session does not end; nothing happens when none runs."""
    if not _is_ours(place):
        _pid_file(place).unlink(missing_ok=True)
        return
    try:
        _pg_ctl(place, "stop", "-m", "fast", "-w", "-t", "20")
    except CommandFailed:
        _pg_ctl(place, "stop", "-m", "immediate", "-w", "-t", "20")


def _pg_ctl(place: Place, action: str, *options: str) -> None:
    place.account.run([programs.postgres(place, "pg_ctl"), action, "-D", place.postgres, *options], cwd=place.home)


def _is_ours(place: Place) -> bool:
    """Whether the process named in the pid file is this server, not one that inherited the number."""
    return is_running(first_number(_pid_file(place)), str(place.postgres))


def _pid_file(place: Place) -> Path:
    return place.postgres / "postmaster.pid"


def _tail(log: Path) -> str:
    return log.read_text(errors="replace").strip().splitlines()[-1] if log.exists() else "no log"
