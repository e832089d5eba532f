"""`python -m bench.words [file.csv ...]`: what the shipped rules find in labelled texts, and the time a text takes.

Without a file it reads the two that the tests hold the rules to. RE2 builds its automata while it reads, so that a text
costs more the first time; a server that has run for a while is close to the second.
"""

import statistics
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from safety.words.figures import BENIGN, Labelled, measure, read
from safety.words.matcher import Matcher
from safety.words.rules import shipped

TEXTS = Path(__file__).parent.parent / "tests/safety"
FILES = (TEXTS / "moderation_dev.csv", TEXTS / "words_fresh.csv")
FOLDS = 5


def main(arguments: list[str]) -> int:
    """Print a table for each file."""
    for path in [Path(argument) for argument in arguments] or FILES:
        texts = read(path)
        _show(path.name, texts)
        first, again = _microseconds(texts)
        print(f"a benign text, median: {first:.0f} µs when first seen, {again:.0f} µs after that\n")
    return 0


def _show(title: str, texts: list[Labelled]) -> None:
    matcher = Matcher(shipped())
    parts = [measure(matcher, [one for one in texts if one.fold_of(FOLDS) == part]) for part in range(FOLDS)]
    table = Table(
        "label", "texts", "acted on", "right label", f"acted on, by {FOLDS} parts: mean ± spread", title=title
    )
    for label, figures in measure(matcher, texts).items():
        by_part = [part[label].detected for part in parts if label in part]
        spread = f"{statistics.mean(by_part):.2f} ± {statistics.pstdev(by_part):.2f}"
        named = "" if label == BENIGN else f"{figures.named:.2f}"
        table.add_row(label, str(figures.texts), f"{figures.detected:.2f}", named, spread)
    Console(width=120).print(table)


def _microseconds(texts: list[Labelled]) -> tuple[float, float]:
    """Medians of the benign texts of one half, seen for the first time and again, after the other half was read."""
    matcher = Matcher(shipped())
    for one in texts:
        if one.fold_of(2):
            matcher.judge(one.text)
    unseen = [one.text for one in texts if one.label == BENIGN and not one.fold_of(2)]
    first = statistics.median(_once(matcher, text) for text in unseen)
    return first, statistics.median(_once(matcher, text) for text in unseen)


def _once(matcher: Matcher, text: str) -> float:
    began = time.perf_counter_ns()
    matcher.judge(text)
    return (time.perf_counter_ns() - began) / 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
