"""A worker of a run in shards: says that it is ready, waits for a line, then takes shards until no run is left."""

import time

from bench import stack

PAUSE = 0.02


def main() -> None:
    stack.prepare()
    from django.utils import timezone

    from matching.models import MatchingRun
    from matching.services import runs

    print("ready", flush=True)
    input()
    while MatchingRun.objects.unfinished().exists():
        if not runs.run_shard(now=timezone.now()):
            time.sleep(PAUSE)


if __name__ == "__main__":
    main()
