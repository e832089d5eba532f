"""Painting pictures of babies, one at a time, each in steps that may be done again.

Claimed and committed first, so that no lock is held while somebody paints. Whether both still agree is asked before
that and once more when there is a picture: if not, nothing of it stays.
"""

import io
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from config.errors import Invalid, NotYours, Unavailable
from connect import pictures
from connect.pictures import Picture
from connect.services import kept_pictures
from faces import painters
from faces.enums import BabyStatus, PainterName
from faces.models import Baby, FaceConnection, FaceMatch
from faces.painters.base import Broken, PainterFailed, Parents, Temporary, Unanswered
from faces.services import baby_notices, heads, painting_days, permits
from safety.roles import as_service
from safety.services import blocks

logger = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=5)
ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=30)
LOOK_AGAIN = timedelta(seconds=5)
"""How long one that was begun is left alone before it is asked for again."""


def go_on_with_next(now: datetime) -> bool:
    """Go on with the one that is due longest; False where none is."""
    baby = _claim(now)
    if baby is not None:
        _go_on(baby, now)
    return baby is not None


def _claim(now: datetime) -> Baby | None:
    with transaction.atomic(), as_service():
        due = Baby.objects.claimable(now).order_by("due_at").select_for_update(skip_locked=True)
        baby = due.first()
        if baby is None:
            return None
        baby.status, baby.claimed_until = BabyStatus.PROCESSING, now + CLAIM
        baby.attempts += 1
        baby.save(update_fields=["status", "claimed_until", "attempts"])
        return baby


def _go_on(baby: Baby, now: datetime) -> None:
    with transaction.atomic(), as_service():
        match = permits.granted(baby.match_id, now)
    if match is None:
        _drop(baby, now)
        return
    try:
        picture = _picture(baby, match, now)
    except PainterFailed as failure:
        _fail(baby, failure, now)
    except Exception:
        logger.exception("baby_failed", baby_id=str(baby.id), attempts=baby.attempts)
        _fail(baby, Temporary("a fault of ours"), now)
    else:
        _wait(baby, now) if picture is None else _complete(baby, picture, now)


def _picture(baby: Baby, match: FaceMatch, now: datetime) -> Picture | None:
    """None while it is being painted. Raises PainterFailed."""
    if baby.attempts > ATTEMPTS:
        raise Broken("every worker that was at it is gone")
    parents = Parents(heads.of(match.face_a), heads.of(match.face_b))
    painter = painters.by_name(PainterName(baby.painter))
    if not baby.request_id:
        _begun(baby, painter.begin(parents), now)
    painted = painter.fetch(baby.request_id, parents)
    if painted is None:
        return None
    try:
        return pictures.read(io.BytesIO(painted))
    except Invalid as refusal:
        raise Broken(refusal.code) from refusal


def _begun(baby: Baby, number: str, now: datetime) -> None:
    """Written down before anything else: whoever goes on asks for this one and begins no other."""
    baby.request_id, baby.begun_at = number, now
    with transaction.atomic(), as_service():
        Baby.objects.filter(id=baby.id).update(request_id=number, begun_at=now)


def _wait(baby: Baby, now: datetime) -> None:
    """To be asked for again soon, which is no failed attempt."""
    if baby.begun_at and now - baby.begun_at > settings.FAL_PATIENCE:
        _fail(baby, Broken("it takes too long"), now)
        return
    with transaction.atomic(), as_service():
        rows = Baby.objects.filter(id=baby.id)
        rows.update(due_at=now + LOOK_AGAIN, claimed_until=None, attempts=F("attempts") - 1)


def _complete(baby: Baby, picture: Picture, now: datetime) -> None:
    """The file first, so that nobody who waits for the lock waits for a storage; it goes where it is not wanted."""
    try:
        kept_pictures.keep(baby, picture)
    except Unavailable:
        _fail(baby, Temporary("no storage"), now)
        return
    with transaction.atomic(), as_service():
        match = _still_granted(baby, now)
        if match is not None:
            _store(baby, match, now)
    if match is None:
        kept_pictures.discard(filter(None, [baby.file]))
        _drop(baby, now)


def _still_granted(baby: Baby, now: datetime) -> FaceMatch | None:
    """The match, with its two people and the row locked until the transaction ends."""
    match = FaceMatch.objects.filter(id=baby.match_id).first()
    if match is None:
        return None
    try:
        blocks.lock_pair(match.user_a_id, match.user_b_id)
    except NotYours:
        return None
    there = Baby.objects.unfinished().filter(id=baby.id).select_for_update().exists()
    return permits.granted(match.id, now) if there else None


def _store(baby: Baby, match: FaceMatch, now: datetime) -> None:
    baby.status, baby.completed_at, baby.claimed_until, baby.error_message = BabyStatus.COMPLETED, now, None, ""
    baby.save(force_update=True, update_fields=[*_KEPT, "status", "completed_at", "claimed_until", "error_message"])
    theirs = {"connection__user_low": match.user_a_id, "connection__user_high": match.user_b_id}
    FaceConnection.objects.filter(**theirs).update(baby=baby)
    seconds = (now - baby.begun_at).total_seconds() if baby.begun_at else 0.0
    painting_days.add(now, painted=1, seconds=seconds)
    baby_notices.tell(baby, (match.user_a_id, match.user_b_id))


_KEPT = ("file", "file_key", "size", "digest", "width", "height")


def _drop(baby: Baby, now: datetime) -> None:
    """Not wanted any more: no row is left of it, and what was not begun costs nothing."""
    with transaction.atomic(), as_service():
        gone, _ = Baby.objects.unfinished().filter(id=baby.id).delete()
        if gone and not baby.request_id:
            painting_days.add(now, cost=-_price(baby))


def _fail(baby: Baby, failure: PainterFailed, now: datetime) -> None:
    """Tried again after a while where that may help, three times in all."""
    logger.warning("baby_not_painted", baby_id=str(baby.id), kind=failure.kind, error=str(failure)[:200])
    again = isinstance(failure, Temporary) and baby.attempts < ATTEMPTS
    with transaction.atomic(), as_service():
        rows = Baby.objects.unfinished().filter(id=baby.id)
        row = rows.select_for_update().first()
        if row is None:
            return
        extra = _settled(row, failure, again, now)
        if again:
            due = now + FIRST_WAIT * 2 ** (row.attempts - 1)
            rows.update(status=BabyStatus.PENDING, due_at=due, claimed_until=None, error_message=failure.kind, **extra)
        else:
            rows.update(status=BabyStatus.FAILED, claimed_until=None, error_message=failure.kind, **extra)


def _settled(row: Baby, failure: PainterFailed, again: bool, now: datetime) -> dict[str, int]:
    """What the books say of it: what may have been begun unseen counts as paid for, what was not begun does not."""
    price, lost = _price(row), isinstance(failure, Unanswered) and not row.request_id
    change = price * (again and lost) - price * (not again and not lost and not row.request_id)
    if change or not again:
        painting_days.add(now, cost=change, failed=int(not again))
    return {"cost": row.cost + change}


def _price(baby: Baby) -> int:
    return painters.by_name(PainterName(baby.painter)).price
