"""Start and stop the servers of a place. Every change happens under the place's lock."""

import contextlib
import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.embedded import cache, environment, postgres, roles
from config.embedded.places import Place, locate
from config.embedded.processes import HOST, end_process, first_number, free_port, is_running, wait_until

WATCHER = "config.embedded watch"


@contextlib.contextmanager
def locked(place: Place) -> Iterator[None]:
    """Hold the place alone; the operating system frees it when we die."""
    with place.lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start(name: str | None = None, *, watch: int | None = None) -> bool:
    """Start what is needed and does not run. True when this call started a server.

    With `watch` the servers end with that process, however it ends.
    """
    place = locate(name)
    place.make()
    with locked(place):
        values = environment.complete(place)
        environment.write(place, values)
        missing = [step for step in (_start_redis, _start_postgres) if step(place, values)]
        if missing and watch:
            _start_watcher(place, watch)
    return bool(missing)


def _start_redis(place: Place, values: dict[str, str]) -> bool:
    if environment.is_elsewhere(place, "REDIS_URL") or cache.is_up(place):
        return False
    port = free_port(environment.port_of(values, "REDIS_URL"))
    values["REDIS_URL"] = f"redis://:{values['REDIS_PASSWORD']}@{HOST}:{port}/0"
    with _undone_on_failure(place):
        cache.start(place, port=port, password=values["REDIS_PASSWORD"])
    environment.write(place, values)
    return True


def _start_postgres(place: Place, values: dict[str, str]) -> bool:
    if environment.is_elsewhere(place, "DATABASE_URL") or postgres.is_up(place):
        return False
    password = _superuser_password(place)
    port = free_port(environment.port_of(values, "DATABASE_URL"))
    owner = f"{postgres.OWNER}:{values['DATABASE_OWNER_PASSWORD']}"
    values["DATABASE_URL"] = f"postgres://{owner}@{HOST}:{port}/{postgres.DATABASE}"
    with _undone_on_failure(place):
        postgres.make_cluster(place, password)
        postgres.start(place, port)
        roles.prepare_cluster(f"postgres://postgres:{password}@{HOST}:{port}", values)
    environment.write(place, values)
    return True


def _superuser_password(place: Place) -> str:
    if not place.superuser.exists():
        environment.write_secret(place.superuser, secrets.token_urlsafe(24))
    return place.superuser.read_text()


@contextlib.contextmanager
def _undone_on_failure(place: Place) -> Iterator[None]:
    """Leave no server behind when a start fails or is interrupted."""
    try:
        yield
    except BaseException:
        _stop_both(place)
        raise


def stop(name: str | None = None) -> None:
    """Stop both servers; nothing happens when none runs."""
    place = locate(name)
    if not place.var.exists():
        return
    with locked(place):
        _end_watcher(place)
        _stop_both(place)


def _stop_both(place: Place) -> None:
    postgres.stop(place)
    cache.stop(place)


def status(name: str | None = None) -> dict[str, bool]:
    """Which of the embedded servers run."""
    place = locate(name)
    return {"postgresql": postgres.is_up(place), "redis": cache.is_up(place)}


def reset(name: str | None = None) -> None:
    """Stop the servers and delete everything of the place: data, passwords and secrets."""
    stop(name)
    place = locate(name)
    shutil.rmtree(place.home, ignore_errors=True)
    shutil.rmtree(place.var, ignore_errors=True)
    if place.home != place.var:
        _delete_if_unused(place.home.parent)


def _delete_if_unused(outside: Path) -> None:
    """Delete the folder outside the checkout once no other set of servers lives there."""
    if outside.exists() and all(path.name == "programs" for path in outside.iterdir()):
        shutil.rmtree(outside)


def _start_watcher(place: Place, pid: int) -> None:
    watcher = subprocess.Popen(
        [sys.executable, "-m", *WATCHER.split(), "--name", place.name, "--watch", str(pid)],
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"VAR_DIR": str(place.var.parent)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    place.watched.write_text(f"{pid} {watcher.pid}")


def _end_watcher(place: Place) -> None:
    """Forget for whom the servers ran, and end the process that looks after it, if that is not this one."""
    watcher = place.watched.read_text().split()[1] if place.watched.exists() else ""
    place.watched.unlink(missing_ok=True)
    if watcher and int(watcher) != os.getpid():
        end_process(int(watcher), WATCHER, seconds=5)


def watch(name: str | None, pid: int) -> None:
    """Wait for the end of process `pid`, then stop the servers that were started for it.

    Ends early once they are stopped or belong to another process.
    """
    place = locate(name)
    with locked(place):
        pass  # whoever started us writes for whom before the lock is free
    wait_until(lambda: _orphaned(place, pid) or not _is_for(place, pid), seconds=float("inf"), every=0.5)
    if _is_for(place, pid):
        stop(place.name)


def _is_for(place: Place, pid: int) -> bool:
    return first_number(place.watched) == pid


def _orphaned(place: Place, pid: int) -> bool:
    return not is_running(pid)
