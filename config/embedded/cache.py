"""Redis: write its configuration, start it, stop it."""

import socket
from pathlib import Path

from config.embedded import programs
from config.embedded.account import CommandFailed
from config.embedded.places import Place
from config.embedded.processes import HOST, end_process, first_number, is_running, wait_until

# The password stands in a file only the server's account may read: a command line can be read by everybody.
# The process keeps its command line, which names this file, so that we recognise it as ours.
CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
daemonize yes
set-proc-title no
dir "{folder}"
pidfile "{folder}/pid"
logfile "{folder}/redis.log"
save ""
appendonly {durable}
"""


def is_up(place: Place) -> bool:
    """Whether the server of this place runs."""
    return is_running(first_number(_pid_file(place)), str(_configuration(place)))


def start(place: Place, *, port: int, password: str) -> None:
    """Start the server and wait until it answers; raises CommandFailed when it does not."""
    place.redis.mkdir(mode=0o700, exist_ok=True)
    place.account.own(place.redis)
    _pid_file(place).unlink(missing_ok=True)
    _configure(place, port, password)
    place.account.run([programs.redis(place), _configuration(place)], cwd=place.home)
    if not wait_until(lambda: _answers(port, password), seconds=30):
        raise CommandFailed(f"Redis did not start, see {place.redis / 'redis.log'}")


def stop(place: Place) -> None:
    """Stop the server; nothing happens when none runs."""
    pid = first_number(_pid_file(place))
    if pid is not None:
        end_process(pid, str(_configuration(place)), seconds=10)


def _configure(place: Place, port: int, password: str) -> None:
    path = _configuration(place)
    durable = "no" if place.name == "test" else "yes"
    path.touch(mode=0o600)
    place.account.own(path)
    path.write_text(CONFIGURATION.format(host=HOST, port=port, password=password, folder=place.redis, durable=durable))


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1) as server:
            server.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in server.makefile("rb").read()
    except OSError:
        return False


def _configuration(place: Place) -> Path:
    return place.redis / "redis.conf"


def _pid_file(place: Place) -> Path:
    return place.redis / "pid"
