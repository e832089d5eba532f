"""What several lists of parts have in common."""

from typing import Any

MATCHING = "so that people are proposed to you who suit you"
IN_PASSING = "passes through and is not kept"
JOB = ("due_at", "claimed_until", "attempts")
SIGN_IN = "so that you can sign in, and nobody else as you"


def when(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
