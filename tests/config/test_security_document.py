"""docs/security.md names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security.md").read_text()
NAMED = sorted(set(re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", DOCUMENT)))
RISKS = [f"API{number} " for number in range(1, 11)]
CHAPTERS = [f"V{number} " for number in range(1, 18) if number not in {5, 10, 17}]


def rows():
    """Cells of the tables' lines, heads and rules left out."""
    lines = [line for line in DOCUMENT.splitlines() if line.startswith("| ") or line.startswith("|-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "---" not in line]


@pytest.mark.parametrize("path, test", NAMED, ids=lambda part: part or "whole")
def test_what_it_names_exists(path, test):
    assert (ROOT / path).is_file()
    assert not test or re.search(rf"def {test}\(", (ROOT / path).read_text())


def test_every_row_names_a_test():
    body = [cells for cells in rows() if cells[-1] != "shown by"]
    assert [cells[0] for cells in body if "tests/" not in cells[-1]] == []


@pytest.mark.parametrize("point", RISKS + CHAPTERS)
def test_every_point_that_applies_has_its_row(point):
    assert [cells[0] for cells in rows() if cells[0].startswith(point)]
