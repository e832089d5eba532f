"""Telling the two where their streak stands: what is told and that it was told are one transaction, so that nothing
is told twice and nothing is lost.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from connect.enums import NotificationType, RelatedType
from connect.queries import languages
from connect.services import notifications
from connect.services.notifications import Note
from safety.roles import as_service
from streaks import wording
from streaks.enums import StreakStatus
from streaks.models import Streak
from streaks.wording import Words

BATCH = 500
Telling = tuple[UUID, NotificationType, Words]


def send_due(*, now: datetime) -> int:
    """Tell what a batch of streaks has to tell; how many were seen to. Two who are apart hear nothing."""
    with transaction.atomic(), as_service():
        due = Streak.objects.filter(notice_due_at__lte=now).with_apart()
        found = list(due.order_by("notice_due_at").select_for_update(skip_locked=True, of=("self",))[:BATCH])
        _send((streak, telling) for streak in found if not streak.apart for telling in _tellings(streak))
        Streak.objects.filter(id__in=[streak.id for streak in found]).update(notice_due_at=None)
    return len(found)


def tell_of_nudge(streak: Streak, receiver: UUID) -> None:
    """Needs the service role."""
    _send([(streak, (receiver, NotificationType.NUDGE, wording.NUDGE))])


def _tellings(streak: Streak) -> Iterator[Telling]:
    """Who is told what, by where the streak stands now: what is over already is not worth a word, nor is its end,
    which may be a block.
    """
    both = (streak.user_low_id, streak.user_high_id)
    match streak.status:
        case StreakStatus.AT_RISK:
            late = next(person for person in both if streak.last_check_in(person) != streak.day)
            yield late, NotificationType.STREAK_AT_RISK, wording.AT_RISK
        case StreakStatus.PAYMENT_WINDOW:
            for person in both:
                words = wording.WINDOW_YOURS if person == streak.breaker_id else wording.WINDOW_THEIRS
                yield person, NotificationType.RECOVERY_OPEN, words
        case StreakStatus.RESET:
            yield from ((person, NotificationType.STREAK_RESET, wording.RESET) for person in both)
        case StreakStatus.COMPLETED:
            yield from ((person, NotificationType.STREAK_COMPLETED, wording.COMPLETED) for person in both)
        case StreakStatus.ACTIVE:
            yield from ((person, NotificationType.STREAK_GOES_ON, wording.GOES_ON) for person in both)


def _send(told: Iterable[tuple[Streak, Telling]]) -> None:
    tellings = list(told)
    reads = languages({person for _, (person, _, _) in tellings})
    notifications.send(
        Note(person, kind, *_said(words, reads[person]), streak.id, RelatedType.STREAK)
        for streak, (person, kind, words) in tellings
    )


def _said(words: Words, language: str) -> tuple[str, str]:
    title, message = words
    with translation.override(language):
        return str(title), str(message)
