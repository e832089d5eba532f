"""What a step of the runbook found, for people and for programs."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

MARKS = {True: "ok", False: "FAIL", None: "-"}


@dataclass(frozen=True)
class Line:
    """One thing that was looked at; `ok` is None where there is nothing to judge."""

    part: str
    what: str
    found: str
    ok: bool | None = True


def as_text(lines: Iterable[Line]) -> str:
    """A table in columns as wide as they have to be."""
    rows = [(MARKS[line.ok], line.part, line.what, line.found) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    padded = [[*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def as_json(lines: Iterable[Line]) -> dict[str, Any]:
    lines = list(lines)
    return {"ok": not missing(lines), "lines": [asdict(line) for line in lines]}


def missing(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.ok is False]
