"""From `make run` to the first answer: everything installed and migrated, nothing running."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

from bench import stack
from bench.report import figure
from bench.stack import HOST, LOGS, PROJECT
from config import embedded
from config.embedded.environment import ADDRESSES, GENERATED
from config.embedded.places import locate
from config.embedded.processes import free_port
from config.run import state

REPEATS = 5
NAME = "bench-start"
"""Servers of its own, which are down before each repeat and are deleted in the end."""
EMPTY = ("bench.empty_asgi:application", "")


def run() -> list[dict[str, Any]]:
    """The first `make run` fills the database and is not counted."""
    stack.prepare()
    ours: list[float] = []
    reference: list[float] = []
    try:
        _, ready = _make_run()
        for _ in range(REPEATS):
            taken, well = _make_run()
            ready &= well
            ours.append(taken)
            reference.append(_reference())
    finally:
        embedded.reset(NAME)
    return [
        figure(
            "start",
            ours=ours,
            reference=reference,
            at_most=5.0,
            guard="database, migrations and Redis hold at the first answer",
            guard_ok=ready,
            unit="s",
            n=REPEATS,
            peak_rss_mb=stack.own_peak_rss_mb(),
        )
    ]


def _make_run() -> tuple[float, bool]:
    """Seconds to the first 200, with starting PostgreSQL and Redis; and whether the answer is one to rely on."""
    port = free_port()
    began = time.perf_counter()
    with (LOGS / "start.log").open("ab") as log:
        process = subprocess.Popen(
            ["make", "--no-print-directory", "run", f"PORT={port}"],
            cwd=PROJECT,
            env=_fresh_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        taken = stack.seconds_until_answer(port, began)
        return taken, _is_well(port)
    finally:
        _end(process)


def _fresh_environment() -> dict[str, str]:
    """Without the servers this benchmark itself runs on, so that `make run` starts its own."""
    ours = {*ADDRESSES, *GENERATED, "MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
    left = {*ours, "DJANGO_SETTINGS_MODULE", "DATABASE_LOGIN", "REDIS_PREFIX", "ALLOWED_ORIGINS"}
    return {key: value for key, value in os.environ.items() if key not in left} | {"EMBEDDED_NAME": NAME}


def _is_well(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    connection.request("GET", "/readyz")
    checks = json.loads(connection.getresponse().read())["checks"]
    connection.close()
    return all(checks[name] for name in ("database", "migrations", "redis"))


def _end(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C would: the stack stops what it started, make ends after it."""
    if running := state.running(locate(NAME)):
        os.kill(running.pid, signal.SIGTERM)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _reference() -> float:
    """`migrate --check`, then an empty Django to its first 200."""
    port = free_port()
    began = time.perf_counter()
    owner = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_LOGIN": "owner"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--check"], cwd=PROJECT, env=owner, check=True)
    process = stack.launch(EMPTY, port)
    try:
        return stack.seconds_until_answer(port, began)
    finally:
        stack.end(process)
