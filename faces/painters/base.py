"""What every painter of babies does, and how it fails."""

from dataclasses import dataclass
from typing import Protocol

from faces.engine.blend import Head


@dataclass(frozen=True)
class Parents:
    first: Head
    second: Head


class PainterFailed(Exception):
    """There is no picture to be had; `kind` is the word for it that staff see."""

    kind = "broken"


class Broken(PainterFailed):
    """What came back cannot be used, or we ask wrongly; to ask again would not help."""


class Refused(PainterFailed):
    """The painter will not paint this, or calls what it painted unfit to be seen."""

    kind = "refused"


class Temporary(PainterFailed):
    """It did not work this time, and nothing was begun by it that was not before."""

    kind = "temporary"


class Unanswered(Temporary):
    """Whether something was begun is not known: to begin again may be paid for twice."""

    kind = "unanswered"


class Painter(Protocol):
    """Paints one picture out of two faces, in two steps, so that one that is paid for is begun once."""

    @property
    def price(self) -> int:
        """What one picture costs, in thousandths of a US cent."""

    def begin(self, parents: Parents) -> str:
        """Ask for a picture: the number it is fetched by. Raises PainterFailed."""

    def fetch(self, number: str, parents: Parents) -> bytes | None:
        """The picture as a file, or None while it is being painted. Raises PainterFailed."""
