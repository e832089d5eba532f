"""Pictures of the child two people might have: asked for by one of them, painted with the consent of both."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from config import hints
from config.errors import CapacityReached, ConsentMissing, NotYours, WrongState
from connect.enums import Purpose
from connect.services import kept_pictures
from faces import painters
from faces.models import Baby, FaceMatch
from faces.services import painting_days, paintings, permits
from safety.models import AuditLog
from safety.personal_data import StoredFile
from safety.roles import as_service
from safety.services import audit, blocks

PAINT = "faces.tasks.paint_babies"
ASKED = "baby_asked"
DAY = timedelta(days=1)
TURN = timedelta(minutes=4)
"""How long one look goes on beginning, so that the last of its pictures is done before a task has to end."""


def ask(*, match_id: UUID, by: UUID, now: datetime) -> Baby:
    """Have a picture painted out of the two faces of a match; while one is being painted, that one.

    Raises NotYours for a match that the caller is not told of; ConsentMissing without their own consents, WrongState
    (baby_not_possible) without the other's; CapacityReached (babies_a_day) after BABIES_A_DAY of them in a day, and as
    `painting_days.promise` does.
    """
    with as_service():
        found = permits.shown(match_id, by, now)
        blocks.lock_pair(found.user_a_id, found.user_b_id)
        match = permits.shown(match_id, by, now)
        _check_consents(match, by)
        waiting = Baby.objects.unfinished().filter(match=match).first()
        return waiting or _asked(match, by, now)


def paint_due(*, now: datetime) -> bool:
    """Go on with the one that is due longest, in transactions of its own; whether there was one."""
    return paintings.go_on_with_next(now)


def forget(*, user_id: UUID, now: datetime) -> int:
    """Delete all pictures of somebody's matches with their files, also what is being painted; how many."""
    with as_service():
        return delete(Baby.objects.of(user_id))


def delete(rows: QuerySet[Baby]) -> int:
    """Delete these, and `receivers` their files; how many. Needs the service role.

    Locked first: of one that is completed just now the file is known then.
    """
    ids = list(rows.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    Baby.objects.filter(id__in=ids).delete()
    return len(ids)


def lose(baby: Baby, now: datetime) -> None:
    """Delete one whose file is gone. Raises NotYours."""
    if not delete(Baby.objects.filter(id=baby.id)):
        raise NotYours()


def files_of(user_id: UUID) -> Iterator[StoredFile]:
    """The pictures of somebody's matches for their export; needs the service's rights."""
    return kept_pictures.files_of(Baby.objects.of(user_id).painted().order_by("id"))


def shown(*, match_id: UUID, viewer: UUID, now: datetime) -> QuerySet[Baby]:
    """All that were asked for of a match, to be read as the service. Raises NotYours as `ask` does."""
    return Baby.objects.filter(match=permits.shown(match_id, viewer, now))


def _check_consents(match: FaceMatch, by: UUID) -> None:
    missing = permits.missing(match)
    if missing[by]:
        purpose = missing[by][0]
        raise ConsentMissing(f"This needs your consent to {Purpose(purpose).value} first.", purpose=purpose)
    if missing[match.other(by)]:
        raise WrongState("This is not possible with them, or not yet.", code="baby_not_possible")


def _asked(match: FaceMatch, by: UUID, now: datetime) -> Baby:
    """Under the lock of both people, so that nobody asks twice at the same moment. What was asked for counts by the
    audit, where it stays when the pictures go.
    """
    if AuditLog.objects.filter(actor_id=by, action=ASKED, created_at__gt=now - DAY).count() >= settings.BABIES_A_DAY:
        most = settings.BABIES_A_DAY
        raise CapacityReached(f"You asked for {most} pictures today.", code="babies_a_day", most=most)
    painter = painters.chosen()
    cost = painters.by_name(painter).price
    painting_days.promise(cost, now)
    baby = Baby.objects.create(match=match, generated_by_id=by, painter=painter, cost=cost, due_at=now)
    audit.record(action=ASKED, actor=by, entity=Baby._meta.db_table, entity_id=baby.id)
    hints.after_commit(PAINT)
    return baby
