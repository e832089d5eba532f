"""What people write about themselves, for others to read."""

from config.errors import Invalid
from safety.rulebook import judge
from safety.words.rules import Label


class TextRefused(Invalid):
    """A text that does not stand on a profile; `field` and `label` in the details say which and why."""

    code = "text_refused"
    message = "This goes against the rules of this place and was not saved."


def check(field: str, text: str) -> None:
    """Raises TextRefused by the rules in force.

    A message that is minded a little is delivered with a warning, or waits for a moderator. A profile has nobody to
    warn and keeps nothing waiting, so here it is refused. Who writes that they are in need is never refused.
    """
    decision = judge(text)
    if decision.label and not decision.allowed and decision.label != Label.SELF_HARM:
        raise TextRefused(field=field, label=decision.label.value)
