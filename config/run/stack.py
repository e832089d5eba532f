"""Start everything, keep it until a signal comes, stop everything."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from honcho.environ import parse_procfile
from honcho.manager import Manager

from config import embedded
from config.embedded import Place, environment
from config.embedded.places import PROJECT
from config.embedded.processes import HOST, port_is_free, wait_until
from config.run import state


class CannotRun(RuntimeError):
    """The stack cannot be started; the message is the one line to show."""


def run(port: int) -> int:
    """Run the stack on `port` until SIGINT or SIGTERM; 0 when it was stopped that way."""
    place = embedded.locate()
    _refuse_if_taken(place, port)
    signal.signal(signal.SIGTERM, _interrupt)
    started = False
    try:
        state.end_orphans(place)
        state.forget(place)
        started = embedded.start(watch=os.getpid())
        state.record(place, state.Stack(url=f"http://{HOST}:{port}", pid=os.getpid()))
        return _serve(place, port)
    except KeyboardInterrupt:
        return 0
    finally:
        # A second Ctrl-C must not cut the stopping short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        state.forget(place)
        if started:
            embedded.stop()


def _refuse_if_taken(place: Place, port: int) -> None:
    if stack := state.running(place):
        raise CannotRun(f"The stack is running already: {stack.url} (make stop ends it).")
    if not port_is_free(port):
        raise CannotRun(f"Port {port} is in use; choose another: make run PORT={port + 1}")


def _interrupt(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _serve(place: Place, port: int) -> int:
    values = _environment(place, port)
    _prepare(values)
    companion = _start_companion(values)
    try:
        return _supervise(place, values)
    finally:
        companion.terminate()
        companion.wait()


def _environment(place: Place, port: int) -> dict[str, str]:
    """What every process of the stack gets: our Python first in PATH, output by the line."""
    own = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "VAR_DIR": str(place.var.parent),
        "STACK_DIR": str(place.var),
    }
    origins = {"ALLOWED_ORIGINS": f"http://{HOST}:{port},http://localhost:{port}"}
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_LOGIN"}
    return origins | inherited | environment.exported(place) | own


def _prepare(values: dict[str, str]) -> None:
    """Migrate and make the demo pool, as owner, in one process of its own: it leaves no connection behind."""
    done = subprocess.run(
        [sys.executable, "-m", "config.run.prepare"],
        cwd=PROJECT,
        env=values | {"DATABASE_LOGIN": "owner"},
        check=False,
        start_new_session=True,  # a Ctrl-C reaches us, and we end it
    )
    if done.returncode:
        raise CannotRun("The database could not be prepared; the reason stands above.")


def _start_companion(values: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "config.run", "companion", str(os.getpid())]
    return subprocess.Popen(command, cwd=PROJECT, env=values, start_new_session=True)


def _supervise(place: Place, values: dict[str, str]) -> int:
    """Run the Procfile under honcho; the code of the process that ended by itself, or 0 after a signal."""
    manager = Manager()
    processes = parse_procfile((PROJECT / "Procfile").read_text()).processes
    for name, command in processes.items():
        manager.add_process(name, state.noted(place, name, command), env=values, cwd=str(PROJECT))
    try:
        manager.loop()
    except KeyError:
        # honcho cannot pass on a signal that comes before it knows every process, so we do.
        wait_until(lambda: state.all_noted(place, processes), seconds=5)
        state.end_orphans(place)
        return 0
    code = manager.returncode or 0
    return 0 if code in (130, 143) else abs(code)
