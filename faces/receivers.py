"""What faces do when an app below tells of a change, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete
from django.dispatch import receiver

from connect.enums import Purpose
from connect.services import kept_pictures
from connect.signals import consent_revoked, photos_changed
from faces.models import Baby
from faces.services import babies, likenesses, own_faces, searches, twins, verdicts
from matching.models import Connection
from matching.signals import connection_ended
from safety.enums import FlagKind
from safety.models import SafetyFlag
from safety.roles import as_service
from safety.signals import flags_dismissed, user_blocked


@receiver(consent_revoked)
def forget_derived(*, user_id: UUID, purpose: str, now: datetime, **kwargs: Any) -> dict[str, int]:
    """What was deleted, by name. Connections that stand stay."""
    if purpose == Purpose.FACE_ANALYSIS:
        return own_faces.forget(user_id=user_id, now=now)
    if purpose == Purpose.FACE_MATCHING:
        return {"face_matches": searches.forget(user_id=user_id, now=now)}
    if purpose == Purpose.BABY_IMAGES:
        return {"babies": babies.forget(user_id=user_id, now=now)}
    return {}


@receiver(photos_changed)
def judge_anew(*, user_id: UUID, now: datetime, **kwargs: Any) -> None:
    verdicts.judge_again(user_id=user_id, now=now)


@receiver(user_blocked)
def part(*, blocker_id: UUID, blocked_id: UUID, **kwargs: Any) -> None:
    """Every read asks for the block itself; what they made of each other goes."""
    with as_service():
        likenesses.part(blocker_id, blocked_id)


@receiver(flags_dismissed)
def tell_apart(*, flags: Sequence[SafetyFlag], by: UUID, now: datetime, **kwargs: Any) -> None:
    """Two who were taken for one person, of whom staff say that they are two."""
    people = [flag.user_id for flag in flags if flag.kind == FlagKind.LIKELY_SAME_PERSON]
    if len(people) == 2:  # else one of them has left
        twins.tell_apart(first=people[0], second=people[1], by=by, now=now)


@receiver(connection_ended)
def hide(*, connection: Connection, **kwargs: Any) -> None:
    """Neither is ever shown the other's face again, nor what was painted out of both."""
    with as_service():
        likenesses.hide(connection.user_low_id, connection.user_high_id)


@receiver(post_delete, sender=Baby)
def discard_file(instance: Baby, **kwargs: Any) -> None:
    """Whatever deletes the row, be it its match or one of its faces: the file goes too."""
    if instance.file:
        kept_pictures.discard([instance.file])
