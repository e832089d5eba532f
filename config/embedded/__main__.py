"""`python -m config.embedded start | stop | status | reset | env | roles | with -- COMMAND`."""

import argparse
import os
import signal
import subprocess
import sys

from config.embedded import environment, lifecycle, roles
from config.embedded.account import CommandFailed
from config.embedded.places import locate


def main(arguments: list[str]) -> int:
    """Run one command; every failure is one line."""
    options = _parser().parse_args(arguments)
    commands = {
        "start": _start,
        "stop": _stop,
        "status": _status,
        "reset": _reset,
        "env": _env,
        "roles": _roles,
        "with": _with,
        "watch": _watch,
    }
    try:
        return commands[options.action](options)
    except (CommandFailed, environment.ServicesDown) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    for action, meaning in (
        ("start", "start PostgreSQL and Redis, detached"),
        ("stop", "stop them"),
        ("status", "say which of them run; exit 1 unless both do"),
        ("reset", "stop them and delete their data and secrets"),
        ("env", "print the environment of the application as shell lines"),
        ("roles", "make roles and database on the cluster of DATABASE_SUPERUSER_URL"),
        ("with", "run a command with the servers up, and stop them after it"),
        ("watch", "stop the servers when the watched process ends (started by `start --watch`)"),
    ):
        command = actions.add_parser(action, help=meaning)
        command.add_argument("--name", help="which servers: dev, test or bench (default: dev)")
        if action in ("start", "watch"):
            command.add_argument("--watch", type=int, metavar="PID", help="stop the servers when PID ends")
        if action == "with":
            command.add_argument("command", nargs=argparse.REMAINDER, help="-- command and its arguments")
    return parser


def _start(options: argparse.Namespace) -> int:
    started = lifecycle.start(options.name, watch=options.watch)
    print("PostgreSQL and Redis are up." if started else "PostgreSQL and Redis were up already.")
    return 0


def _stop(options: argparse.Namespace) -> int:
    lifecycle.stop(options.name)
    return 0


def _status(options: argparse.Namespace) -> int:
    running = lifecycle.status(options.name)
    for server, up in running.items():
        print(f"{server}: {'up' if up else 'down'}")
    return 0 if all(running.values()) else 1


def _reset(options: argparse.Namespace) -> int:
    lifecycle.reset(options.name)
    return 0


def _env(options: argparse.Namespace) -> int:
    print(environment.shell(locate(options.name)), end="")
    return 0


def _roles(options: argparse.Namespace) -> int:
    needed = ["DATABASE_SUPERUSER_URL", *roles.PASSWORDS.values()]
    missing = [key for key in needed if not os.environ.get(key)]
    if missing:
        print(f"Set {', '.join(missing)}.", file=sys.stderr)
        return 1
    roles.prepare_cluster(os.environ["DATABASE_SUPERUSER_URL"], os.environ)
    return 0


def _with(options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    started = lifecycle.start(options.name, watch=os.getpid())
    try:
        values = environment.exported(locate(options.name))
        return subprocess.run(command, env=os.environ | values, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        if started:
            lifecycle.stop(options.name)


def _watch(options: argparse.Namespace) -> int:
    lifecycle.watch(options.name, options.watch)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
