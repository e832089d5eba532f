"""A set of rules compiled once, and what it finds in a text.

Patterns run on RE2, and only those whose letters the text has: its time is linear in the text whatever the pattern, so
that no rule an administrator writes can hold up the messages. Keywords run on an Aho-Corasick automaton.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import ahocorasick
import re2

from safety.words.fold import Views, fold, latin
from safety.words.lexicon import UnknownSet, expand
from safety.words.policy import Action, decide
from safety.words.rules import Kind, Label, Rule, View

LONGEST_PATTERN = 1000
SHORTEST_KEYWORD = 3
_MEMORY = 1024 * 1024


class BadPattern(ValueError):
    """A rule that cannot be compiled, or would match nothing or everything."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a text: the action, its label and risk, and the rules that were met."""

    action: Action
    label: Label | None
    risk: int
    hits: tuple[Rule, ...]

    @property
    def allowed(self) -> bool:
        return self.action == Action.ALLOW


CLEAR = Decision(Action.ALLOW, None, 0, ())


class Matcher:
    """Rules ready to be asked. Safe to share between threads: nothing changes after it is made."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = list(rules)
        self._words = _Patterns([rule for rule in rules if rule.kind == Kind.PATTERN and rule.view != View.DIGITS])
        self._digits = _Patterns([rule for rule in rules if rule.kind == Kind.PATTERN and rule.view == View.DIGITS])
        self._keywords = _Keywords([rule for rule in rules if rule.kind == Kind.KEYWORD])

    def judge(self, text: str) -> Decision:
        """What becomes of a text."""
        hits = self.hits(fold(text))
        if not hits:
            return CLEAR
        risks: Counter[Label] = Counter()
        for rule in hits:
            risks[rule.label] += -rule.risk if rule.lowers else rule.risk
        return Decision(*decide(risks), tuple(hits))

    def hits(self, views: Views) -> list[Rule]:
        """The rules that are met, each once."""
        found = self._words.met(views.words)
        if views.digits:
            found += self._digits.met(views.digits)
        return found + self._keywords.met(views.squeezed)


class _Patterns:
    """Patterns that look at the same view. RE2 first finds which of them have in the text the letters they need."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._filter = re2.Filter()
        for rule in rules:
            self._filter.Add(expand(rule.pattern), _options())
        if rules:
            self._filter.Compile()

    def met(self, text: str) -> list[Rule]:
        return [self._rules[position] for position in self._filter.Match(text) or ()] if self._rules else []


class _Keywords:
    """Words and phrases, found whatever stands between their letters, where whole words begin and end."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._automaton = ahocorasick.Automaton()
        by_key: dict[str, list[Rule]] = {}
        for rule in rules:
            by_key.setdefault(_key(rule.pattern), []).append(rule)
        for key, same in by_key.items():
            self._automaton.add_word(key, (len(key), same))
        self._any = bool(by_key)
        self._automaton.make_automaton()

    def met(self, readings: Sequence[Sequence[str]]) -> list[Rule]:
        if not self._any:
            return []
        found = (rule for tokens in readings for rule in self._in(tokens))
        return list(dict.fromkeys(found))

    def _in(self, tokens: Sequence[str]) -> Iterator[Rule]:
        hits = [(end + 1, length, rules) for end, (length, rules) in self._automaton.iter("".join(tokens))]
        if hits:
            edges = {0, *accumulate(map(len, tokens))}
            for end, length, rules in hits:
                if end in edges and end - length in edges:
                    yield from rules


def check(rule: Rule) -> None:
    """Raises BadPattern for a rule that cannot be used, with the reason in words."""
    if len(rule.pattern) > LONGEST_PATTERN:
        raise BadPattern(f"A pattern has at most {LONGEST_PATTERN} characters.")
    if rule.kind == Kind.KEYWORD:
        _check_keyword(rule)
    else:
        _check_pattern(rule)


def _check_keyword(rule: Rule) -> None:
    if rule.view != View.SQUEEZED:
        raise BadPattern("A keyword is looked for in the squeezed view.")
    if len(_key(rule.pattern)) < SHORTEST_KEYWORD:
        raise BadPattern(f"A keyword has at least {SHORTEST_KEYWORD} letters or digits.")


def _check_pattern(rule: Rule) -> None:
    if rule.view == View.SQUEEZED:
        raise BadPattern("A pattern is looked for in the words or the digits view.")
    try:
        compiled = re2.compile(expand(rule.pattern), _options())
    except UnknownSet as exc:
        raise BadPattern(str(exc)) from exc
    except re2.error as exc:
        reason = exc.args[0].decode() if isinstance(exc.args[0], bytes) else str(exc)
        raise BadPattern(f"RE2 does not accept this pattern: {reason}.") from exc
    if compiled.search(""):
        raise BadPattern("This pattern matches every text.")


def _key(keyword: str) -> str:
    return "".join(c for c in latin(keyword) if c.isascii() and c.isalnum())


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = True
    return options
