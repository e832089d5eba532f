"""`python -m bench [NAME ...]`: measure all or these, print the table, write `var/bench/latest.jsonl`.

The code is 1 when a guard fails: a figure without its guard means nothing. A missed target is printed, no more.
"""

import importlib
import sys
from typing import Any

from bench import report

BENCHMARKS = ("charts", "matching", "chat", "api", "discovery", "queue", "protection", "streaks", "faces", "start")


def main(arguments: list[str]) -> int:
    """Run all benchmarks, or the ones named."""
    unknown = sorted(set(arguments) - set(BENCHMARKS))
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; choose from {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    figures: list[dict[str, Any]] = []
    for name in arguments or BENCHMARKS:
        print(f"{name} ...", flush=True)
        figures += importlib.import_module(f"bench.{name}").run()
        report.write(figures)
    report.show(figures)
    return 0 if all(row["guard_ok"] for row in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
