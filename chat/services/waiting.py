"""Which of those who wait for a live conversation have a socket open: the queue itself knows of none."""

from datetime import datetime

from chat.services import presence
from matching.services import queue


def settle(*, now: datetime) -> int:
    """Tell the queue who is there; how many it lost. Without Redis nobody knows, and all count as there."""
    people = queue.waiting(now=now)
    there = presence.known_online(people, now=now)
    return queue.settle_present(present=people if there is None else there, now=now)
