"""What hangs on likenesses, and ends with them: who sees whom, what was made of it, and its files."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from connect.enums import DisclosureSource
from connect.models import Disclosure
from faces.models import Baby, FaceMatch, Reaction
from faces.services import babies


def end(matches: QuerySet[FaceMatch], *, now: datetime) -> int:
    """Delete likenesses with their reactions and babies, and what the two saw of each other by them; how many.

    Needs the service role.
    """
    ids = list(matches.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    shown = Disclosure.objects.live().filter(source=DisclosureSource.FACE_MATCH, source_id__in=ids)
    shown.update(revoked_at=now)
    babies.delete(Baby.objects.filter(match__in=ids))
    FaceMatch.objects.filter(id__in=ids).delete()
    return len(ids)


def part(first: UUID, second: UUID) -> None:
    """End what two people made of their likenesses; these stay, shown to nobody, so that they can still be reported.

    Needs the service role.
    """
    hide(first, second)
    Reaction.objects.filter(match__in=FaceMatch.objects.of(first).of(second)).delete()


def hide(first: UUID, second: UUID) -> None:
    """Delete the pictures that were made out of two people's faces, who are shown to each other no more.

    Needs the service role.
    """
    babies.delete(Baby.objects.between(first, second))
