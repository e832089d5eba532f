"""What risk leads to what; the thresholds stand here and nowhere else."""

from collections.abc import Mapping
from enum import StrEnum

from safety.words.rules import Label


class Action(StrEnum):
    """What becomes of a text, mildest first."""

    ALLOW = "allow"
    WARN = "warn"
    HOLD = "hold"
    BLOCK = "block"


HIGHEST = 100
THRESHOLDS = {Action.WARN: 40, Action.HOLD: 70, Action.BLOCK: 90}
# A cry for help is never kept from anybody; that somebody is too young, or wants to move on, the other should know.
SEVEREST = {
    Label.MINOR_RISK: Action.WARN,
    Label.SELF_HARM: Action.WARN,
    Label.THREAT: Action.BLOCK,
    Label.SEXUAL_SOLICITATION: Action.HOLD,
    Label.SCAM_MONEY: Action.HOLD,
    Label.HARASSMENT: Action.BLOCK,
    Label.OFF_PLATFORM: Action.WARN,
    Label.SPAM_OPENER: Action.WARN,
}
_MILDEST_FIRST = list(Action)
_ORDER = list(Label)


def decide(risks: Mapping[Label, int]) -> tuple[Action, Label | None, int]:
    """What becomes of a text, why, and the risk. The label of most risk decides among those past the first threshold.

    Self-harm comes before everything its text may say besides, as what its writer needs is not a refusal.
    """
    past = {label: min(risk, HIGHEST) for label, risk in risks.items() if risk >= THRESHOLDS[Action.WARN]}
    if not past:
        return Action.ALLOW, None, max([0, *risks.values()])
    label = max(past, key=lambda found: (found == Label.SELF_HARM, past[found], -_ORDER.index(found)))
    return _action(label, past[label]), label, past[label]


def _action(label: Label, risk: int) -> Action:
    reached = [action for action, threshold in THRESHOLDS.items() if risk >= threshold]
    return min(reached[-1], SEVEREST[label], key=_MILDEST_FIRST.index)
