"""Real servers to measure: ours and the bare one, each in a process of its own, on the database of `bench`."""

import contextlib
import logging
import os
import resource
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import psutil
from django.core.management import call_command

from config.embedded.places import PROJECT
from config.embedded.processes import HOST, free_port, wait_until
from config.run.companion import answers

OURS = ("config.asgi:application", "bench.settings")
BARE = ("bench.reference_asgi:application", "bench.settings_bare")
LOGS = Path(os.environ.get("VAR_DIR") or PROJECT / "var") / "bench"


@dataclass(frozen=True)
class Server:
    """A running uvicorn."""

    port: int
    pid: int

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def rss(self) -> int:
        """Bytes of memory it holds now."""
        return int(psutil.Process(self.pid).memory_info().rss)

    @property
    def peak_rss_mb(self) -> float:
        """The most it ever held."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def prepare() -> None:
    """Django in this process, as the database's owner, and the database up to date."""
    os.environ.setdefault("REDIS_PREFIX", f"bench:{secrets.token_hex(4)}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    os.environ["DATABASE_LOGIN"] = "owner"
    django.setup()
    logging.disable(logging.INFO)
    call_command("migrate", interactive=False, verbosity=0)


@contextlib.contextmanager
def serving(kind: tuple[str, str], **extra: str) -> Iterator[Server]:
    """One server of this kind, as `make run` starts its own, for the length of the block."""
    port = free_port()
    process = launch(kind, port, **extra)
    try:
        if not wait_until(lambda: answers(f"http://{HOST}:{port}") or process.poll() is not None, seconds=60):
            raise RuntimeError(f"{kind[0]} did not answer")
        if process.poll() is not None:
            raise RuntimeError(f"{kind[0]} ended, see {LOGS}")
        yield Server(port, process.pid)
    finally:
        end(process)


# As the Procfile starts it.
SERVER = [sys.executable, "-m", "uvicorn", "--no-access-log", "--no-proxy-headers"]


def launch(kind: tuple[str, str], port: int, **extra: str) -> subprocess.Popen[bytes]:
    """Start it and do not wait."""
    application, settings = kind
    own = {
        "DJANGO_SETTINGS_MODULE": settings,
        "DATABASE_LOGIN": "web",
        "ALLOWED_ORIGINS": f"http://{HOST}:{port}",
    }
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{application.split('.')[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [*SERVER, application, "--host", HOST, "--port", str(port)],
            cwd=PROJECT,
            env=os.environ | own | extra,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Ask it to end, and kill it when it does not."""
    process.terminate()
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def seconds_until_answer(port: int, began: float, patience: float = 120.0) -> float:
    """From `began` (perf_counter) to the first 200. Raises RuntimeError when none comes."""
    if not wait_until(lambda: answers(f"http://{HOST}:{port}"), seconds=patience, every=0.01):
        raise RuntimeError("no answer came")
    return time.perf_counter() - began


def own_peak_rss_mb() -> float:
    """The most this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
