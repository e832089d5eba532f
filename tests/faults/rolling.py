"""A rollover as a process of its own that waits before every statement: `python -m tests.faults.rolling MOMENT BATCH`.

It says over stdout that it is about to ask the database something, and does when a line comes in.
"""

import sys
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from streaks.services import rollover  # noqa: E402


def wait(execute: Any, *asked: Any) -> Any:
    print("about to", flush=True)
    sys.stdin.readline()
    return execute(*asked)


if __name__ == "__main__":
    with connection.execute_wrapper(wait):
        rollover.roll_over(now=datetime.fromisoformat(sys.argv[1]), batch=int(sys.argv[2]))
    print("done", flush=True)
