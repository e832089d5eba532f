"""The rows that discovery sorts by: built of what people said, and again every so often.

They may lag behind: whoever they show as there is looked up before anybody sees them, and whoever they do not show yet
is shown with the next sweep, or as soon as they look for others themselves.
"""

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import h3
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config import bulk, hints
from connect import requirements
from connect.models import ConnectProfile, Hobby, User
from matching.enums import Server
from matching.models import DiscoveryCard, DiscoveryEntry
from matching.services import discovery_gate
from safety.models import SafetyFlag
from safety.roles import as_service

TASK = "matching.tasks.follow_discovery"
BATCH = 2_000
EXPOSURE_WINDOW = timedelta(days=30)
"""How far back being on a card counts as exposure."""

BUILT = (
    "visible", "has_room", "flagged", "unmet", "servers", "hobbies", "birth_date", "gender", "languages",
    "x", "y", "z", "min_age", "max_age", "genders", "exposure", "built_at",
)  # fmt: skip
_SAID = {
    "birth_date": "profile__birth_date",
    "gender": "profile__gender",
    "languages": "profile__languages",
    "cell": "profile__cell",
    "mode": "connect_profile__mode",
    "min_age": "connect_profile__min_age",
    "max_age": "connect_profile__max_age",
    "genders": "connect_profile__preferred_genders",
}


def build(*, user_ids: Collection[UUID], now: datetime) -> None:
    """Make these people's entries anew, in five statements; who has no place in the pool any more loses theirs."""
    with as_service():
        codes = _codes(now)
        rows = {facts["id"]: _entry(facts, codes, now) for facts in _facts(user_ids, now)}
        DiscoveryEntry.objects.filter(user__in=[*{*user_ids} - {*rows}]).delete()
        standing = dict(DiscoveryEntry.objects.filter(user__in=user_ids).values_list("user_id", "id"))
        for user_id, entry_id in standing.items():
            rows[user_id].id = entry_id
        bulk.update([rows[user_id] for user_id in standing], BUILT)
        new = [row for user_id, row in rows.items() if user_id not in standing]
        DiscoveryEntry.objects.bulk_create(new, ignore_conflicts=True)


def mark_old(*, user_ids: Collection[UUID], now: datetime) -> None:
    """Have people's entries built anew soon; one small write, and a hint."""
    with as_service():
        standing = DiscoveryEntry.objects.filter(user__in=user_ids).order_by("user_id").select_for_update()
        DiscoveryEntry.objects.filter(id__in=list(standing.values_list("id", flat=True))).update(
            built_at=now - settings.DISCOVERY_ENTRY_AGE
        )
    hints.after_commit(TASK)


def remove(*, user_id: UUID) -> None:
    """Delete what is kept of somebody who does not want to be matched any more."""
    with as_service():
        DiscoveryEntry.objects.filter(user=user_id).delete()


def sweep(*, now: datetime, limit: int = BATCH) -> int:
    """Build at most `limit` entries that are missing, and as many that are old; those somebody is at are passed over.

    How many.
    """
    with transaction.atomic(), as_service():
        user_ids = [*_missing()[:limit], *_old(now)[:limit]]
        build(user_ids=user_ids, now=now)
    return len(user_ids)


def _missing() -> QuerySet[ConnectProfile, UUID]:
    without = ConnectProfile.objects.active().filter(user__discovery_entry=None, user__profile__isnull=False)
    held = without.order_by("user_id").select_for_update(skip_locked=True, of=("self",))
    return held.values_list("user_id", flat=True)


def _old(now: datetime) -> QuerySet[DiscoveryEntry, UUID]:
    old = DiscoveryEntry.objects.filter(built_at__lte=now - settings.DISCOVERY_ENTRY_AGE).order_by("built_at")
    return old.select_for_update(skip_locked=True).values_list("user_id", flat=True)


def _facts(user_ids: Collection[UUID], now: datetime) -> QuerySet[User, dict[str, Any]]:
    lacking = {code: Exists(demanded) for code, demanded in requirements.demanded().items()}
    people = User.objects.filter(id__in=user_ids, connect_profile__isnull=False, profile__isnull=False)
    found: QuerySet[User, dict[str, Any]] = (
        people.order_by("id")
        .annotate(**lacking, **discovery_gate.conditions(now))
        .annotate(
            flagged=Exists(SafetyFlag.objects.live().filter(user=OuterRef("pk"))),
            chosen=ArraySubquery(Hobby.objects.filter(user=OuterRef("pk")).order_by("id").values("option_id")),
            exposure=Coalesce(_exposure(now), 0),
        )
        .values("id", "flagged", "chosen", "exposure", *_codes(now), *_SAID.values())
    )
    return found


def _codes(now: datetime) -> list[str]:
    return [*requirements.demanded(), *discovery_gate.conditions(now)]


def _exposure(now: datetime) -> Subquery:
    lately = DiscoveryCard.objects.filter(subject=OuterRef("pk"), shown_at__gt=now - EXPOSURE_WINDOW)
    counted = lately.order_by().values("subject").annotate(n=Count("*")).values("n")
    return Subquery(counted, output_field=IntegerField())


def _entry(facts: dict[str, Any], codes: list[str], now: datetime) -> DiscoveryEntry:
    said = {name: facts[column] for name, column in _SAID.items()}
    x, y, z = place(said.pop("cell"))
    unmet = [code for code in codes if not facts[code]]
    return DiscoveryEntry(
        user_id=facts["id"],
        visible=not {*unmet} - {"capacity_full"} and said["birth_date"] is not None,
        has_room=facts["capacity_full"],
        flagged=facts["flagged"],
        unmet=unmet,
        servers=[Server(server).value for server in discovery_gate.servers_of(said.pop("mode"))],
        hobbies=facts["chosen"],
        x=x,
        y=y,
        z=z,
        exposure=facts["exposure"],
        built_at=now,
        **said,
    )


def place(cell: str) -> tuple[float, float, float] | tuple[None, None, None]:
    """The unit vector to the centre of an H3 cell; nothing where none is known."""
    if not h3.is_valid_cell(cell):
        return None, None, None
    north, east = map(math.radians, h3.cell_to_latlng(cell))
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)
