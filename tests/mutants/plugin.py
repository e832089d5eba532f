"""A run of pytest that switches off one protection after the other and looks for a test that notices.

`--mutants=1/2` takes every second mutant. Each is killed by the first test that fails; tests that killed others of
its kind are asked first. What killed is run again in the end with nothing switched off, and has to pass.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", help="which part of the mutants to try: 1/2")
    parser.addoption("--mutants-report", help="the file to which one JSON object a mutant is written")


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    part = session.config.getoption("mutants")
    if not part:
        return None
    from tests.mutants.catalogue import mutants

    number, parts = map(int, part.split("/"))
    hunt = Hunt(session.items)
    with Path(session.config.getoption("mutants_report")).open("w") as report:
        for mutant in mutants()[number - 1 :: parts]:
            killer = hunt.killer_of(mutant)
            report.write(json.dumps({"kind": mutant.kind, "name": mutant.name, "killer": killer}) + "\n")
            report.flush()
        for test in hunt.false_alarms():
            report.write(json.dumps({"kind": "false alarm", "name": test, "killer": None}) + "\n")
    return True


class Hunt:
    """The tests of this run, and which of them killed what."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items
        self.kills: Counter[tuple[str, str]] = Counter()
        self.killers: dict[str, Any] = {}
        # The database of the tests is made for the first of them that needs it, before there is anything to change.
        first = next(item for item in items if item.nodeid.endswith("test_rls_check_passes"))
        assert not self._fails(first), "the tests have to pass before anything is switched off"

    def killer_of(self, mutant: Any) -> str | None:
        """The id of a test that fails with this protection switched off."""
        concerned = [item for item in self.items if mutant.concerns(item.nodeid)]
        concerned.sort(key=lambda item: -self.kills[mutant.kind, item.function.__name__])
        with mutant.switched():
            for item in concerned:
                if self._fails(item):
                    self.kills[mutant.kind, item.function.__name__] += 1
                    self.killers[item.nodeid] = item
                    return str(item.nodeid)
        return None

    def false_alarms(self) -> list[str]:
        """Tests that killed and fail on their own too."""
        return [name for name, item in self.killers.items() if self._fails(item)]

    def _fails(self, item: Any) -> bool:
        # The session in the place of a next test: all but what lasts as long as the session is torn down.
        reports = runtestprotocol(item, log=False, nextitem=item.session)
        return any(report.failed for report in reports)
