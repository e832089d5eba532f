"""PostgreSQL's own programs, of the version the server has."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from psycopg.pq import Conninfo

from config.embedded import environment, locate, postgres
from config.embedded.programs import PACKAGES, POSTGRES
from config.errors import DomainError


class CannotRun(DomainError):
    """A program is missing, too old, or ended with an error; the message is the one line to show."""

    code = "cannot_run"


def data_directory() -> Path | None:
    """Where the server keeps its files; None unless it is the one `make services` starts on this machine."""
    place = locate()
    embedded = not environment.is_elsewhere(place, "DATABASE_URL") and postgres.is_up(place)
    return place.postgres if embedded else None


def run(name: str, *arguments: str | Path) -> str:
    """Run a program with the login of the connection in use; its output. Raises CannotRun."""
    program = find(name)
    done = subprocess.run(  # noqa: S603  # a program of PostgreSQL, arguments of ours
        [str(program), *map(str, arguments)], env=_login(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotRun(f"{name} failed: {' '.join(done.stderr.split())}")
    return done.stdout


def find(name: str) -> Path:
    """The program of the server's major version, or else a newer one: on PATH, or in the wheel of the embedded server.

    Raises CannotRun when there is none that could read the server.
    """
    server = server_version() // 10_000
    found = {_major(program): program for program in _candidates(name)}
    fitting = sorted(major for major in found if major >= server)
    if fitting:
        return found[fitting[0]]
    old = f"; version {max(found)} is too old" if found else ""
    raise CannotRun(f"There is no {name} for PostgreSQL {server}{old}: install that version's client programs.")


def server_version() -> int:
    """As in 180001."""
    connection.ensure_connection()
    version: int = connection.connection.info.server_version
    return version


def _candidates(name: str) -> Iterator[Path]:
    wheel = PACKAGES / POSTGRES / "bin" / name
    if wheel.exists():
        yield wheel
    if on_path := shutil.which(name):
        yield Path(on_path)


def _major(program: Path) -> int:
    told = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else 0


def _login() -> dict[str, str]:
    """The login in use as libpq's own variables: a command line can be read by everybody on the machine."""
    connection.ensure_connection()
    login = connection.connection.info
    given = {**login.get_parameters(), "password": login.password}
    names = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults()}
    values = {envvar.decode(): given[key] for key, envvar in names.items() if envvar and given.get(key)}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **values}
