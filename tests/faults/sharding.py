"""A worker of the matching run as a process of its own: `python -m tests.faults.sharding slow|fast`.

It takes shards until there is none. A slow one says over stdout that it holds a shard, and then works on it until it is
killed.
"""

import sys
import time
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from matching.services import runs, shards  # noqa: E402

FOR_EVER = 600


def slow(*args: Any, beat: Any, **kwargs: Any) -> Any:
    """Ranking that does not end, and says now and then that it goes on."""
    print("holding", flush=True)
    for _ in range(FOR_EVER):
        beat()
        time.sleep(1)


if __name__ == "__main__":
    if sys.argv[1] == "slow":
        shards.rank = slow
    while runs.run_shard(now=timezone.now()):
        print("worked", flush=True)
