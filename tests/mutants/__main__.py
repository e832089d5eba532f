"""`python -m tests.mutants`: switch off each protection in turn and see that a test goes red.

Prints a table of what was killed and what survived; the code is 1 for a survivor, and for a test that fails with
nothing switched off.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

PARTS = 2
TESTS = [
    "tests/safety/test_state_machine.py",
    "tests/safety/test_row_security.py",
    "tests/safety/test_row_security_checks.py",
    "tests/safety/test_web_login.py",
    "tests/safety/test_every_table.py",
    "tests/matching/engine/test_engine_filters.py",
    "tests/matching/test_pool.py",
    "tests/matching/test_pipeline.py",
]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder) / f"{number}.jsonl" for number in range(1, PARTS + 1)]
        runs = [_start(number, report) for number, report in enumerate(reports, start=1)]
        outputs = [run.communicate()[0] for run in runs]
        if any(run.returncode for run in runs):
            print("\n".join(outputs), file=sys.stderr)
            return 2
        results = [json.loads(line) for report in reports for line in report.read_text().splitlines()]
    return _show(results)


def _start(number: int, report: Path) -> "subprocess.Popen[str]":
    database = f"{os.environ.get('TEST_DATABASE', 'test_maitribe')}_mutants{number}"
    plugin = ["-p", "tests.mutants.plugin", f"--mutants={number}/{PARTS}", f"--mutants-report={report}"]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, *TESTS],
        env=os.environ | {"TEST_DATABASE": database},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _show(results: list[dict[str, Any]]) -> int:
    """The table by kind, and every survivor by name."""
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        kinds[result["kind"]].append(result)
    table = Table("kind", "mutants", "killed", "survived")
    for kind, found in sorted(kinds.items()):
        killed = sum(bool(result["killer"]) for result in found)
        table.add_row(kind, str(len(found)), str(killed), str(len(found) - killed))
    console = Console()
    console.print(table)
    left = [result for result in results if not result["killer"]]
    for result in left:
        console.print(f"SURVIVED  {result['kind']}: {result['name']}", markup=False, soft_wrap=True)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
