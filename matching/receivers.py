"""What matching does when an app below it tells of a change: one small write, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from config import hints
from connect.enums import Purpose
from connect.models import BirthData
from connect.signals import birth_changed, consent_revoked, profile_changed
from matching.enums import ConnectionStatus
from matching.models import Connection
from matching.services import (
    batches,
    charts,
    connections,
    discovery_entries,
    entries,
    feedback,
    interests,
    proposals,
    queue,
    scorings,
    talk_credits,
)
from matching.signals import connection_ended, connection_formed
from safety.services.actions import Standing
from safety.signals import access_changed, user_blocked


@receiver(birth_changed)
def compute_chart(*, user_id: UUID, now: datetime, **kwargs: Any) -> None:
    if not BirthData.objects.filter(user=user_id).exists():
        charts.remove(user_id=user_id)
        entries.empty(user_id=user_id, now=now)
        return
    charts.mark_due(user_id=user_id, now=now)
    hints.after_commit("matching.tasks.rebuild_charts")


@receiver(consent_revoked)
def forget_derived(*, user_id: UUID, purpose: str, now: datetime, **kwargs: Any) -> dict[str, int]:
    """What was deleted or closed, by name."""
    if purpose in charts.HALVES:
        taken_back = Purpose(purpose)
        forgotten = charts.forget(user_id=user_id, purpose=taken_back)
        entries.empty(user_id=user_id, now=now)
        return forgotten | scorings.forget(user_id=user_id, dimension=scorings.BY_PURPOSE[taken_back], now=now)
    if purpose == Purpose.MATCHING:
        entries.remove(user_id=user_id)
        closed = proposals.close_for(user_id=user_id, now=now)
        withdrawn = interests.withdraw_all(by=user_id, now=now)
        discovery_entries.remove(user_id=user_id)
        cards = batches.forget(user_id=user_id, now=now)
        learned = feedback.forget(user_id=user_id)
        return {
            "proposals": closed,
            "interests": withdrawn,
            "cards": cards,
            "learned": learned,
        }
    return {}


@receiver(profile_changed)
def follow_pool(*, user_id: UUID, active: bool, now: datetime, **kwargs: Any) -> dict[str, int]:
    """What was closed, by name."""
    discovery_entries.mark_old(user_ids=[user_id], now=now)
    waits = queue.drop(user_id=user_id, now=now)
    if not active:
        entries.empty(user_id=user_id, now=now)
        return {"proposals": proposals.close_for(user_id=user_id, now=now), "waits": waits}
    entries.mark_due(user_ids=[user_id], now=now)
    return {}


@receiver(access_changed)
def leave_no_proposal_waiting(*, user_id: UUID, standing: Standing, now: datetime, **kwargs: Any) -> None:
    """Who is restricted or kept out could not answer, and meets nobody new."""
    if not standing.free:
        proposals.close_for(user_id=user_id, now=now)
        queue.drop(user_id=user_id, now=now)


@receiver(user_blocked)
def part(*, blocker_id: UUID, blocked_id: UUID, now: datetime, **kwargs: Any) -> None:
    connections.end_between(
        first=blocker_id,
        second=blocked_id,
        by=blocker_id,
        reason="blocked",
        now=now,
        status=ConnectionStatus.BLOCKED,
    )
    # What the other feels stays as it is, or they could tell.
    interests.withdraw_all(by=blocker_id, receiver=blocked_id, now=now)


@receiver([connection_formed, connection_ended])
def count_room(*, connection: Connection, now: datetime, **kwargs: Any) -> None:
    """Both have room in discovery for one less, or for one more."""
    discovery_entries.mark_old(user_ids=[connection.user_low_id, connection.user_high_id], now=now)


@receiver(connection_formed)
def credit_talk(*, connection: Connection, now: datetime, **kwargs: Any) -> None:
    """Who showed themselves to each other after a talk had a good one."""
    if connection.match is not None:
        talk_credits.give(match=connection.match, now=now)
