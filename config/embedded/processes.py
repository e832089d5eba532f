"""Small questions to the operating system about processes and ports."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

HOST = "127.0.0.1"


def is_running(pid: int | None, mark: str = "") -> bool:
    """Whether process `pid` lives and has `mark` in its command line.

    A number alone proves nothing: after a crash or a restart of the machine it may belong to somebody else.
    """
    line = _command_line(pid) if pid else ""
    return bool(line) and mark in line


def _command_line(pid: int) -> str:
    if not Path("/proc/self").exists():
        command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def first_number(path: Path) -> int | None:
    """The number on the first line of a pid file; None when there is no such file or no number in it."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def wait_until(true: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    """Ask again and again until it is true; False when `seconds` passed first."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def end_process(pid: int, mark: str, *, seconds: float) -> None:
    """Ask a process to end, and kill it when it does not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if is_running(pid, mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        if wait_until(lambda: not is_running(pid, mark), seconds=seconds):
            return


def port_is_free(port: int) -> bool:
    """Whether a server could listen on the loopback `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` if it can be had, otherwise any free loopback port."""
    if preferred and port_is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
