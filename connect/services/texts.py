"""What people write about themselves, for others to read."""

from config.errors import Invalid
from connect import whereabouts
from safety.rulebook import judge
from safety.words.rules import Label


class TextRefused(Invalid):
    """A text that does not stand on a profile; `field` and `label` in the details say which and why."""

    code = "text_refused"
    message = "This goes against the rules of this place and was not saved."


class PlaceRefused(Invalid):
    """A text that says to the metre where somebody is, for anybody to read; `field` in the details says which."""

    code = "place_too_exact"
    message = "This would show strangers exactly where you are, and was not saved."


def check_place(field: str, text: str) -> None:
    """Raises PlaceRefused. A city may be named: those who read it know that already."""
    if whereabouts.exact(text):
        raise PlaceRefused(field=field)


def check(field: str, text: str) -> None:
    """Raises TextRefused by the rules in force.

    A message that is minded a little is delivered with a warning, or waits for a moderator. A profile has nobody to
    warn and keeps nothing waiting, so here it is refused. Who writes that they are in need is never refused.
    """
    decision = judge(text)
    if decision.label and not decision.allowed and decision.label != Label.SELF_HARM:
        raise TextRefused(field=field, label=decision.label.value)
