"""Rules of the tests' own: what nobody says by chance, one sentence for each thing that can become of a text."""

import math

from safety.rulebook import Rulebook
from safety.words.rules import Kind, Label, Rule, View


def rule(pattern: str, label: Label, risk: int) -> Rule:
    return Rule(label, "en", Kind.PATTERN, View.WORDS, pattern, risk)


RULES = [
    rule("purple giraffe", Label.OFF_PLATFORM, 50),
    rule("golden giraffe", Label.SCAM_MONEY, 50),
    rule("small giraffe", Label.MINOR_RISK, 90),
    rule("sad giraffe", Label.SELF_HARM, 100),
    rule("rude giraffe", Label.SEXUAL_SOLICITATION, 80),
    rule("evil giraffe", Label.THREAT, 95),
]
WARNED, MONEY, MINOR, SELF_HARM = "a purple giraffe", "a golden giraffe", "a small giraffe", "a sad giraffe"
HELD, REFUSED = "a rude giraffe", "an evil giraffe"


class Still(Rulebook):
    """Never looks for newer rules."""

    def __init__(self) -> None:
        super().__init__(RULES)
        self._due = math.inf


BOOK = Still()
