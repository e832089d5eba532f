"""How well rules do on labelled texts: what they find, what they call it, and whom they stop wrongly."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from safety.words.matcher import Matcher

BENIGN = "benign"


class Labelled(NamedTuple):
    """A text and what it is: a label, or `benign`."""

    id: str
    label: str
    text: str

    def fold_of(self, folds: int) -> int:
        """Which of so many parts the text belongs to; always the same one."""
        return int(sha256(self.id.encode()).hexdigest(), 16) % folds


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `texts` of one label, how many were acted on at all, and how many under their own label."""

    texts: int
    acted_on: int
    rightly_named: int

    @property
    def detected(self) -> float:
        """Recall; for benign texts the rate of false alarms."""
        return self.acted_on / self.texts

    @property
    def named(self) -> float:
        return self.rightly_named / self.texts


def read(path: Path) -> list[Labelled]:
    """The texts of a CSV file with the columns id, label and text."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Labelled(row["id"], row["label"], row["text"]) for row in csv.DictReader(file)]


def measure(matcher: Matcher, texts: Iterable[Labelled]) -> Mapping[str, Figures]:
    """The figures of each label that the texts have."""
    found: dict[str, Figures] = {}
    for one in texts:
        decision = matcher.judge(one.text)
        before = found.get(one.label, Figures(0, 0, 0))
        named = not decision.allowed and decision.label == one.label
        found[one.label] = Figures(
            before.texts + 1, before.acted_on + (not decision.allowed), before.rightly_named + named
        )
    return dict(sorted(found.items()))
