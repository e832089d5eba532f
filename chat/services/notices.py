"""What people are told about a message of their own that was looked at twice, in their language."""

import tomllib
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from chat.enums import HoldStatus
from chat.models import Message
from connect.models import Profile

Notice = dict[str, str]
"""A `label`, and a `text` for people."""

_RAW = tomllib.loads((Path(__file__).resolve().parent.parent / "data" / "notices.toml").read_text(encoding="utf-8"))
TEXTS: dict[str, dict[str, str]] = _RAW["texts"]
LINES: dict[str, str] = _RAW["lines"]
GERMANY, GERMAN, ENGLISH = "DE", "de", "en"


def of(messages: Collection[Message]) -> dict[UUID, Notice]:
    """The notices of messages by their ids; none for what nobody minded, and then no query, else one."""
    minded = [message for message in messages if message.moderation_label]
    if not minded:
        return {}
    profiles = Profile.objects.filter(user__in={message.author for message in minded})
    homes = {user: (langs, country) for user, langs, country in profiles.values_list("user", "languages", "country")}
    return {message.id: _notice(message, *homes.get(message.author, ([], ""))) for message in minded}


def _notice(message: Message, languages: list[str], country: str) -> Notice:
    language = next((spoken for spoken in languages if spoken in TEXTS), ENGLISH)
    # A German speaker who names no country is likelier in Germany than anywhere else.
    home = country or (GERMANY if language == GERMAN else "")
    told = message.moderation_label if message.seq is not None else HoldStatus(message.hold.status).value
    text = TEXTS[language][told].format(lines=LINES.get(home, LINES[""]))
    return {"label": message.moderation_label, "text": text}
