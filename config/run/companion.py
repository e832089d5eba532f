"""Stands beside the stack: says when it is up, and clears up if its process is killed."""

import http.client
import json
import time
from urllib.parse import urlsplit

from config import embedded
from config.embedded import Place
from config.embedded.processes import is_running, wait_until
from config.run import state
from config.run.state import Stack


def accompany(pid: int) -> None:
    """Announce the stack of process `pid` at its first answer, then wait for its end."""
    place = embedded.locate()
    stack = state.recorded(place)
    if stack is None:
        return
    if wait_until(lambda: not is_running(pid, state.MARK) or answers(stack.url), seconds=60, every=0.05):
        print(block(place, stack), flush=True)
    while is_running(pid, state.MARK):
        time.sleep(0.5)
    # A stack that ends by itself ends us too, so here it was killed.
    if state.recorded(place) == stack:
        state.end_orphans(place)
        state.forget(place)


def answers(url: str) -> bool:
    """Whether the web server at `url` says that it is well."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def block(place: Place, stack: Stack) -> str:
    """What runs where, and how to log in."""
    lines = ["MaiTribe Connect is up", ""]
    lines += _line("web", stack.url) + _line("API docs", f"{stack.url}/api/docs")
    lines += _line("websocket", stack.url.replace("http", "ws", 1) + "/ws/")
    lines += _logins(place, stack)
    lines += _line("PostgreSQL", "embedded" if embedded.status()["postgresql"] else "DATABASE_URL")
    lines += _line("Redis", "embedded" if embedded.status()["redis"] else "REDIS_URL")
    lines += [*_line("data", str(place.var)), "", "Ctrl-C stops everything."]
    width = max(map(len, lines))
    return "\n".join(["", "─" * width, *lines, "─" * width, ""])


def _logins(place: Place, stack: Stack) -> list[str]:
    """The admin and the sample people, from the file that `ensure_demo` writes."""
    path = place.var / "demo.json"
    if not path.exists():
        return []
    demo = json.loads(path.read_text())
    lines = _line("admin", f"{stack.url}/admin/") + _line("", _login(demo["admin"]))
    for person in demo["people"][:2]:
        lines += _line("sample login", _login(person))
    return lines


def _login(person: dict[str, str]) -> str:
    return f"{person.get('email') or person.get('username')}  password  {person['password']}"


def _line(label: str, text: str) -> list[str]:
    return [f"  {label:<13} {text}"]
