"""What people may read of trust: their own with reasons, and of whom they are connected to a band."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.errors import NotYours
from matching import wording
from matching.models import Connection
from safety import trust
from safety.enums import TrustBand
from safety.models import TrustScore
from safety.roles import as_service

WORTH_TELLING = 1.0
"""Points from which a source is a reason."""


@dataclass(frozen=True)
class Reason:
    code: str
    text: str


@dataclass(frozen=True)
class Trust:
    """`score`, `reasons` and `updated_at` are one's own to know; of somebody else they are None."""

    user_id: UUID
    band: TrustBand
    score: int | None = None
    reasons: list[Reason] | None = None
    updated_at: datetime | None = None


def own(user_id: UUID) -> Trust:
    """One's own: the score in steps, and why, in the language that is active."""
    found = TrustScore.objects.filter(user=user_id).first()
    if found is None:
        return Trust(user_id, TrustBand.USUAL, trust.shown(trust.NEUTRAL), [])
    told = [
        Reason(code, wording.trust(code)) for code in map(_code, found.components, found.components.values()) if code
    ]
    return Trust(user_id, TrustBand(found.band), trust.shown(found.score), told, found.updated_at)


def of_connection(user_id: UUID, *, viewer: UUID) -> Trust:
    """The band of somebody one is connected to. Raises NotYours for everybody else, as for nobody."""
    with as_service():
        edge = Connection.objects.standing().of(viewer).of(user_id).with_apart().first()
        if edge is None or edge.apart:
            raise NotYours()
        band = TrustScore.objects.filter(user=user_id).values_list("band", flat=True).first()
    return Trust(user_id, TrustBand(band or TrustBand.USUAL))


def _code(source: str, points: float) -> str:
    """The code of what a source contributes; empty where it is not worth telling."""
    if abs(points) < WORTH_TELLING:
        return ""
    return f"{source}_{'up' if points > 0 else 'down'}"
