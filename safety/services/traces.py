"""Noticing what somebody says over and over, without keeping what they say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import Count, QuerySet

from safety.crypto import keyed_hash
from safety.enums import FlagKind, TraceKind
from safety.likeness import bands
from safety.models import TextTrace
from safety.roles import as_service
from safety.services import flags


@dataclass(frozen=True)
class Opener:
    """The first thing somebody says at a place."""

    by: UUID
    place: UUID
    text: str


def note_openers(openers: Sequence[Opener], *, now: datetime) -> None:
    """Remember first messages for a day, and flag who says nearly the same at too many places; two statements."""
    marks = [(said, mark) for said in openers for mark in bands(said.text, author=said.by)]
    if not marks:
        return
    with as_service():
        _remember(TraceKind.OPENER, [(said.by, said.place, mark) for said, mark in marks], now)
        alike = _of(TraceKind.OPENER, {said.by for said, _ in marks}, now).filter(mark__in={mark for _, mark in marks})
        counted = alike.values("user", "mark").annotate(places=Count("place_id"))
        often = counted.filter(places__gte=settings.LIKE_OPENERS_BEFORE_FLAG)
        most = {row["user"]: row["places"] for row in often.order_by("places")}
        for user, places in most.items():
            _flag(user, FlagKind.MASS_OPENER, {"places": places}, now)


def note_refused(*, by: UUID, place: UUID, client_id: str, label: str, now: datetime) -> None:
    """Remember for a day that a text was refused, and flag who keeps trying; sent again it counts once."""
    mark = int.from_bytes(bytes.fromhex(keyed_hash(client_id.encode(), "refused"))[:8], signed=True)
    with as_service():
        _remember(TraceKind.REFUSED, [(by, place, mark)], now)
        times = _of(TraceKind.REFUSED, [by], now).count()
        if times >= settings.REFUSED_BEFORE_FLAG:
            _flag(by, FlagKind.RISKY_TEXT, {"refused": times, "label": label}, now)


def clear_expired(*, now: datetime) -> int:
    """Forget what is older than a day."""
    with as_service():
        return TextTrace.objects.filter(expires_at__lte=now).delete()[0]


def _remember(kind: TraceKind, marks: Iterable[tuple[UUID, UUID, int]], now: datetime) -> None:
    until = now + settings.TEXT_TRACES_KEPT
    rows = [TextTrace(user_id=by, kind=kind, place_id=place, mark=mark, expires_at=until) for by, place, mark in marks]
    TextTrace.objects.bulk_create(rows, ignore_conflicts=True)


def _of(kind: TraceKind, people: Iterable[UUID], now: datetime) -> QuerySet[TextTrace]:
    return TextTrace.objects.live(now).filter(kind=kind, user__in=people)


def _flag(user: UUID, kind: FlagKind, data: dict[str, object], now: datetime) -> None:
    """Once a day, whatever it was."""
    flags.raise_flag(
        user=user, kind=kind, source_kind="day", source_id=uuid5(user, now.date().isoformat()), data=data, now=now
    )
