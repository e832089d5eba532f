"""What every writer of reveals does."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Facts:
    """What one reveal may be written from: words in the reader's language, and nothing that names anybody."""

    number: int
    language: str
    words: tuple[str, ...] = ()


class Writer(Protocol):
    """Puts facts into a text. It may say too much: whoever asked it looks for leaks."""

    def text(self, facts: Facts) -> str:
        """A few sentences in the language of the facts. Raises WriterFailed."""
