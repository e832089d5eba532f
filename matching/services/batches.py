"""Batches of cards: made when somebody asks for one, kept until they ask for the next."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from config.errors import WrongState
from connect.enums import Tier
from connect.models import User
from matching.enums import Server
from matching.models import DiscoveryBatch, DiscoveryCard, DiscoveryEntry
from matching.models.discovery import CARDS
from matching.services import candidates, discovery_entries, discovery_filters, discovery_gate, portrayals
from matching.services.candidates import Found
from safety.roles import as_service
from safety.services.blocks import lock_pair


def refresh(*, by: UUID, server: Server, now: datetime) -> DiscoveryBatch:
    """Replace the person's batch of a server by a new one, and restart the timer that all servers share.

    The first batch of each server is free: it neither waits for the timer nor restarts it. Raises WrongState:
    discovery_locked, with all that is `unmet`; refresh_too_early, with when it is `available_at`.
    """
    with as_service():
        lock_pair(by, by)
        discovery_gate.check(by, server, now)
        if DiscoveryBatch.objects.of(by, server).exists():
            _restart_timer(User.objects.get(id=by), now)
        discovery_entries.build(user_ids=[by], now=now)
        wanted = discovery_filters.current(by, server)
        found = candidates.choose(viewer=by, server=server, wanted=wanted, most=CARDS, now=now)
        DiscoveryBatch.objects.of(by, server).live().update(superseded_at=now)
        return _make(by, server, found, now)


def refreshable_at(user: User, now: datetime) -> datetime | None:
    """When the shared timer lets the person refresh; None for at once."""
    if user.last_global_refresh_at is None:
        return None
    moment: datetime = user.last_global_refresh_at + settings.DISCOVERY_REFRESH[Tier(user.tier)]
    return moment if moment > now else None


def forget(*, user_id: UUID, now: datetime) -> int:
    """Delete all cards that a person was given and all that show them; how many. Their batches end with it."""
    with as_service():
        DiscoveryBatch.objects.filter(person=user_id).live().update(superseded_at=now)
        given, _ = DiscoveryCard.objects.filter(owner=user_id).delete()
        showing, _ = DiscoveryCard.objects.filter(subject=user_id).delete()
    return given + showing


def _restart_timer(user: User, now: datetime) -> None:
    moment = refreshable_at(user, now)
    if moment:
        message = "You can have new cards later."
        raise WrongState(message, code="refresh_too_early", available_at=moment.isoformat())
    User.objects.filter(id=user.id).update(last_global_refresh_at=now)


def _make(by: UUID, server: Server, found: Found, now: datetime) -> DiscoveryBatch:
    exhausted = len(found) < CARDS
    batch = DiscoveryBatch.objects.create(person_id=by, server=server, made_at=now, exhausted=exhausted)
    mine = DiscoveryEntry.objects.values_list("hobbies", flat=True).get(user=by)
    shown = portrayals.snapshots(dict(found), viewer_hobbies=mine, today=now.date())
    DiscoveryCard.objects.bulk_create(
        DiscoveryCard(
            batch=batch, owner_id=by, subject_id=subject, position=place, snapshot=shown[subject], shown_at=now
        )
        for place, (subject, _) in enumerate(found, start=1)
    )
    return batch
