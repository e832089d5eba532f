"""What a password has to have beyond what Django asks."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError


class VisibleCharactersValidator:
    """Refuses a password of too few different characters that can be seen: spaces, or one letter over and over."""

    code = "password_monotonous"

    def __init__(self, at_least: int = 5) -> None:
        self.at_least = at_least

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with the code password_monotonous."""
        written = unicodedata.normalize("NFKC", password)
        seen = {character for character in written if character.isprintable() and not character.isspace()}
        if len(seen) < self.at_least:
            raise ValidationError(self.get_help_text(), code=self.code)

    def get_help_text(self) -> str:
        return f"Your password must have at least {self.at_least} different visible characters."
