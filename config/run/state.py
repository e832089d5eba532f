"""What is known of a running stack: `run.json` and one pid file a process, in the place's folder."""

import contextlib
import json
import os
import signal
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from config.embedded import Place
from config.embedded.processes import first_number, is_running, wait_until

MARK = "config.run"


@dataclass(frozen=True)
class Stack:
    """A stack that was started: its address and the process that holds it."""

    url: str
    pid: int


def running(place: Place) -> Stack | None:
    """The stack of this place, if its process lives."""
    stack = recorded(place)
    return stack if stack and is_running(stack.pid, MARK) else None


def recorded(place: Place) -> Stack | None:
    """The stack last noted and not forgotten, alive or not."""
    try:
        return Stack(**json.loads(_file(place).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def record(place: Place, stack: Stack) -> None:
    """Note the stack, in one step."""
    partial = _file(place).with_suffix(".partial")
    partial.write_text(json.dumps(asdict(stack)))
    partial.rename(_file(place))


def forget(place: Place) -> None:
    """The stack has ended."""
    _file(place).unlink(missing_ok=True)
    for path in _pid_files(place):
        path.unlink(missing_ok=True)


def noted(place: Place, name: str, command: str) -> str:
    """`command` for a shell that first writes its process id, which the command then inherits."""
    folder = place.var / "pids"
    folder.mkdir(exist_ok=True)
    return f"echo $$ > '{folder / name}'; exec {command}"


def all_noted(place: Place, names: Iterable[str]) -> bool:
    """Whether every process has written its id."""
    return all(first_number(place.var / "pids" / name) for name in names)


def end_orphans(place: Place) -> None:
    """End what a stack left behind whose own process was killed."""
    groups = [pid for path in _pid_files(place) if is_running(pid := first_number(path), "config") and pid]
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, sign)
        if wait_until(lambda: not any(is_running(group) for group in groups), seconds=5):
            return


def _file(place: Place) -> Path:
    return place.var / "run.json"


def _pid_files(place: Place) -> list[Path]:
    return list((place.var / "pids").glob("*"))
