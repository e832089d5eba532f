"""Rules: what to look for, in which view, and how much it weighs."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from safety.words.lexicon import DATA


class Label(StrEnum):
    """What is wrong with a text. In this order the first wins where two weigh the same."""

    MINOR_RISK = "minor_risk"
    SELF_HARM = "self_harm"
    THREAT = "threat"
    SEXUAL_SOLICITATION = "sexual_solicitation"
    SCAM_MONEY = "scam_money"
    HARASSMENT = "harassment"
    OFF_PLATFORM = "off_platform"
    SPAM_OPENER = "spam_opener"


class Kind(StrEnum):
    """A keyword is whole words, whatever stands between their letters; a pattern is an RE2 expression."""

    KEYWORD = "keyword"
    PATTERN = "pattern"


class View(StrEnum):
    WORDS = "words"
    SQUEEZED = "squeezed"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to look for. `lowers` takes its risk off the label instead of adding it: for near misses."""

    label: Label
    language: str
    kind: Kind
    view: View
    pattern: str
    risk: int
    lowers: bool = False
    note: str = ""


def shipped() -> list[Rule]:
    """The rules that come with the product, one file a label."""
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((DATA / "rules").glob("*.toml"))]
    return [rule for raw in files for group in raw["rules"] for rule in _of_group(Label(raw["label"]), group)]


def _of_group(label: Label, group: dict[str, Any]) -> list[Rule]:
    kind = Kind(group.get("kind", Kind.PATTERN))
    view = View(group.get("view", View.SQUEEZED if kind == Kind.KEYWORD else View.WORDS))
    return [
        Rule(
            label=label,
            language=group["language"],
            kind=kind,
            view=view,
            pattern=pattern,
            risk=group["risk"],
            lowers=group.get("lowers", False),
            note=group.get("note", ""),
        )
        for pattern in group["patterns"]
    ]
