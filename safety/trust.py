"""How far a person is trusted, out of the ledger of what moved it. Pure.

    weight of an event  = delta * 2 ** (-age / half life)                  (exponential decay; 0 past the memory)
    component of source = the sum of its events, within the bounds of the source
    score               = 50 + the sum of the components, within 0 and 100

All events decay alike, so a component that was within its bounds when its last event was held to them stays there by
itself, and everybody comes back to 50. An event that takes an earlier one back counts from the same moment with the
opposite sign, and so cancels it for good. How the judgements of others become one event is `matching.engine.raters`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, fsum
from typing import NamedTuple

from safety.enums import Severity, TrustBand, TrustSource

FORMULA = "trust-1"
NEUTRAL, LOWEST, HIGHEST = 50, 0, 100
STEP = 5
LOW_BELOW, HIGH_FROM = 35, 65
DAY = timedelta(days=1)


class Bounds(NamedTuple):
    lowest: int
    highest: int


@dataclass(frozen=True)
class Rule:
    """How far one event of a source may move, how far all of them together, and how much those of one day may in sum
    of their sizes (None: as much as they do).
    """

    event: Bounds
    component: Bounds
    a_day: int | None = None


RULES: Mapping[str, Rule] = {
    TrustSource.REFLECTION: Rule(Bounds(-4, 4), Bounds(-20, 20), a_day=4),
    TrustSource.CONVERSATION: Rule(Bounds(0, 2), Bounds(0, 10), a_day=2),
    TrustSource.REPORT_CONFIRMED: Rule(Bounds(-30, 0), Bounds(-45, 0)),
    TrustSource.COOLDOWN_PENALTY: Rule(Bounds(-2, 0), Bounds(-12, 0), a_day=6),
    TrustSource.MANUAL_REVIEW: Rule(Bounds(-25, 25), Bounds(-50, 50)),
}
BY_SEVERITY: Mapping[str, int] = {
    Severity.LOW: -5,
    Severity.MEDIUM: -10,
    Severity.HIGH: -20,
    Severity.CRITICAL: -30,
}
COOLDOWN = -2


@dataclass(frozen=True)
class Terms:
    """How long what happened weighs: after `half_life` half of it, after `memory` nothing."""

    half_life: timedelta
    memory: timedelta

    @property
    def version(self) -> str:
        """The name of the formula with these terms, which every score that it made bears."""
        return f"{FORMULA} {self.half_life / DAY:g}/{self.memory / DAY:g}"


class Entry(NamedTuple):
    """An event as far as the score goes by it."""

    source: str
    delta: int
    counts_from: datetime


@dataclass(frozen=True)
class Standing:
    """A score, 0 to 100, and what each source contributes to it, two decimals."""

    score: int
    components: dict[str, float]


def standing(entries: Iterable[Entry], *, at: datetime, terms: Terms) -> Standing:
    """Where somebody stands at a moment by all that is in their ledger; the order of the entries does not matter."""
    known = list(entries)
    components = {str(source): round(component(known, source, at=at, terms=terms), 2) for source in RULES}
    total = NEUTRAL + fsum(components.values())
    return Standing(floor(_within(total, Bounds(LOWEST, HIGHEST)) + 0.5), components)


def component(entries: Iterable[Entry], source: str, *, at: datetime, terms: Terms) -> float:
    """What a source contributes at a moment."""
    weights = [_weight(entry, at, terms) for entry in entries if entry.source == source]
    return _within(fsum(weights), RULES[source].component)


def held(source: str, asked: int, *, component: float, spent: int, within: Bounds | None = None) -> int:
    """As much of a change as the bounds of its source leave: of one event, of a day of which `spent` is gone, and of
    the component, which `within` may narrow. One that stands outside already is left where it is.
    """
    rule = RULES[source]
    delta = int(_within(asked, rule.event))
    if rule.a_day is not None:
        left = max(0, rule.a_day - spent)
        delta = int(_within(delta, Bounds(-left, left)))
    lowest, highest = _narrowed(rule.component, within)
    if delta > 0:
        return max(0, min(delta, floor(highest - component)))
    return min(0, max(delta, ceil(lowest - component)))


def shown(score: int) -> int:
    """A score as its own person sees it: in steps, so that nobody reads a single judgement out of it."""
    return STEP * floor(score / STEP + 0.5)


def band(score: int) -> TrustBand:
    """A score as somebody they are connected to sees it."""
    if score < LOW_BELOW:
        return TrustBand.LOW
    return TrustBand.HIGH if score >= HIGH_FROM else TrustBand.USUAL


def next_day(moment: datetime) -> datetime:
    """The boundary, the same for everybody, at which what was gathered takes effect: the next midnight, UTC."""
    return this_day(moment) + DAY


def this_day(moment: datetime) -> datetime:
    """The midnight that a day began with."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _weight(entry: Entry, at: datetime, terms: Terms) -> float:
    age = at - entry.counts_from
    if age >= terms.memory:
        return 0.0
    decayed: float = entry.delta * 2.0 ** -(age / terms.half_life)
    return decayed


def _narrowed(bounds: Bounds, within: Bounds | None) -> Bounds:
    if within is None:
        return bounds
    return Bounds(max(bounds.lowest, within.lowest), min(bounds.highest, within.highest))


def _within(value: float, bounds: Bounds) -> float:
    return float(min(bounds.highest, max(bounds.lowest, value)))
