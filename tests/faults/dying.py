"""The product with a death between a commit and what it would publish.

`tests.faults.dying:application` is the server, `-A tests.faults.dying` the worker. When what is to be published holds
DIES_AT, they kill with SIGKILL whom VICTIMS names: processes by their ids, `self`, `parent`.
"""

import os
import signal
from typing import Any

import orjson

from config.asgi import application
from config.celery import app
from connect import realtime

__all__ = ["app", "application"]

hand_over = realtime._hand_over


def killing(frames: dict[str, Any]) -> None:
    if os.environ["DIES_AT"] in orjson.dumps(frames).decode():
        known = {"self": os.getpid(), "parent": os.getppid()}
        for victim in os.environ["VICTIMS"].split():
            os.kill(known.get(victim) or int(victim), signal.SIGKILL)
    hand_over(frames)


realtime._hand_over = killing
