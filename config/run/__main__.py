"""`python -m config.run start [--port N] | stop | companion PID`."""

import argparse
import os
import sys

from config import embedded
from config.embedded.account import CommandFailed
from config.embedded.processes import end_process
from config.run import companion, state
from config.run.stack import CannotRun, run


def main(arguments: list[str]) -> int:
    """Run one command; every failure is one line."""
    options = _parser().parse_args(arguments)
    if options.action == "companion":
        companion.accompany(options.pid)
        return 0
    if options.action == "stop":
        return stop()
    try:
        return run(options.port)
    except (CannotRun, CommandFailed) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m config.run", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    start = actions.add_parser("start", help="run the stack until Ctrl-C")
    start.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")
    actions.add_parser("stop", help="stop a running stack and the embedded servers")
    actions.add_parser("companion").add_argument("pid", type=int)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return int(text)


def stop() -> int:
    """End the stack wherever it runs, what a killed one left, and the servers."""
    place = embedded.locate()
    if stack := state.running(place):
        end_process(stack.pid, state.MARK, seconds=30)
    if place.var.exists():
        state.end_orphans(place)
        state.forget(place)
    embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
