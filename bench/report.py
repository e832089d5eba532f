"""What a benchmark found: one figure a line, in a table and in `var/bench/latest.jsonl`."""

import json
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

LATEST = Path(__file__).parent.parent / "var/bench/latest.jsonl"


def figure(
    name: str,
    *,
    ours: Sequence[float],
    reference: Sequence[float],
    at_most: float | None = None,
    at_least: float | None = None,
    guard: str,
    guard_ok: bool,
    unit: str,
    n: int,
    peak_rss_mb: float,
) -> dict[str, Any]:
    """The medians of interleaved repeats against the target: a ratio that is at most, or at least, so much."""
    mine, theirs = statistics.median(ours), statistics.median(reference)
    ratio = mine / theirs
    return {
        "name": name,
        "ours": round(mine, 3),
        "reference": round(theirs, 3),
        "ratio": round(ratio, 3),
        "target": at_most if at_most is not None else at_least,
        "ok": ratio <= at_most if at_most is not None else ratio >= (at_least or 0.0),
        "guard": guard,
        "guard_ok": guard_ok,
        "unit": unit,
        "n": n,
        "peak_rss_mb": round(peak_rss_mb, 1),
    }


def write(figures: Iterable[dict[str, Any]], path: Path = LATEST) -> None:
    """One JSON object a line; the file is made anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in figures))


def show(figures: Sequence[dict[str, Any]]) -> None:
    """The table, and below it in words what was missed."""
    table = Table()
    for column in ("name", "ours", "reference", "unit", "ratio", "target", "guard"):
        table.add_column(column, justify="left" if column in {"name", "unit", "guard"} else "right")
    for row in figures:
        table.add_row(*_cells(row))
    console = Console(width=None if Console().is_terminal else 160)
    console.print(table)
    for row in figures:
        if not row["ok"]:
            console.print(f"MISSED  {row['name']}: ratio {row['ratio']}, target {row['target']}")
        if not row["guard_ok"]:
            console.print(f"BROKEN  {row['name']}: {row['guard']}")


def _cells(row: dict[str, Any]) -> list[str]:
    ratio = f"{row['ratio']:g}" if row["ok"] else f"[red]{row['ratio']:g}[/red]"
    guard = f"{'holds' if row['guard_ok'] else '[red]BROKEN[/red]'}: {row['guard']}"
    figures = [f"{row['ours']:,g}", f"{row['reference']:,g}"]
    return [row["name"], *figures, row["unit"], ratio, f"{row['target']:g}", guard]
