"""A running stack for whoever needs one: the demo walks and the tests over a real server and worker."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from config import embedded
from config.embedded import Place, environment
from config.embedded.places import PROJECT
from config.embedded.processes import HOST, free_port, wait_until
from config.run import state
from config.run.companion import answers

OF_OTHER_SERVERS = {*environment.ADDRESSES, *environment.GENERATED, "DATABASE_LOGIN"}


class FreshStack(NamedTuple):
    """A stack with nothing in it but the demo pool; its mails, messages and log lie in `folder`."""

    base_url: str
    folder: Path


@contextlib.contextmanager
def running_stack(port: int | None = None) -> Iterator[str]:
    """The base URL of the stack that runs, or of one that is started for the length of the block.

    `port` is only for a stack that has to be started; any free one by default. Data is the same either way.
    Raises RuntimeError with the end of the log when it does not come up.
    """
    place = embedded.locate()
    if stack := state.running(place):
        _wait_for_answer(place, stack.url, process=None)
        yield stack.url
        return
    with _started(place, port or free_port(), os.environ) as base_url:
        yield base_url


@contextlib.contextmanager
def fresh_stack(name: str, **settings: str) -> Iterator[FreshStack]:
    """A stack of its own for the length of the block, in a folder `name` beside the data of `make run`.

    Its servers are its own too, and begin empty; what it leaves lies there until the next one, or `make clean`.
    `settings` go to all its processes. Raises RuntimeError while another one of this name runs, and as `running_stack`.
    """
    folder = embedded.locate().var.parent / name
    place = embedded.locate("fresh", below=folder)
    if stack := state.running(place):
        raise RuntimeError(f"One runs already on {stack.url}, held by process {stack.pid}.")
    inherited = {key: value for key, value in os.environ.items() if key not in OF_OTHER_SERVERS}
    _begin_anew(place, inherited)
    with _started(place, free_port(), inherited | settings) as base_url:
        yield FreshStack(base_url, folder)


def _begin_anew(place: Place, inherited: Mapping[str, str]) -> None:
    """Delete what the last one left, and end what it left running if it was killed."""
    for module, action in (("config.run", "stop"), ("config.embedded", "reset")):
        command = [sys.executable, "-m", module, action]
        subprocess.run(command, cwd=PROJECT, env={**inherited, **_belonging(place)}, check=True)
    shutil.rmtree(place.var.parent, ignore_errors=True)


@contextlib.contextmanager
def _started(place: Place, port: int, inherited: Mapping[str, str]) -> Iterator[str]:
    place.make()
    with (place.var / "stack.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run", "start", "--port", str(port)],
            cwd=PROJECT,
            env={**inherited, **_belonging(place)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _wait_for_answer(place, f"http://{HOST}:{port}", process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _belonging(place: Place) -> dict[str, str]:
    """What makes a process one of this place."""
    return {"VAR_DIR": str(place.var.parent), "EMBEDDED_NAME": place.name}


def _wait_for_answer(place: Place, url: str, process: subprocess.Popen[bytes] | None) -> str:
    def ended() -> bool:
        return process is not None and process.poll() is not None

    if not wait_until(lambda: ended() or answers(url), seconds=180, every=0.1) or ended():
        log = place.var / "stack.log"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""
        raise RuntimeError(f"The stack did not come up, see {log}:\n{tail}")
    return url
