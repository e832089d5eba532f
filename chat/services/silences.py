"""Telling two who are connected that they have not talked for long."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from chat.models import Conversation
from matching.enums import ConnectionEventType
from matching.services import announcements, connections
from safety.roles import as_service

BATCH = 500


def warn_of_silence(*, now: datetime) -> int:
    """Tell both people of a batch of quiet connections, and write it into their timeline; how many connections.

    Of a silence they are told once, until somebody says something. What somebody is at right now the next run finds.
    """
    quiet = Conversation.objects.quiet_since(now - settings.CONNECTION_QUIET_AFTER).order_by("last_activity_at")
    with transaction.atomic(), as_service():
        held = quiet.select_related("connection").select_for_update(of=("self",), skip_locked=True, no_key=True)
        found = list(held[:BATCH])
        edges = [talk.connection for talk in found if talk.connection]
        for edge in edges:
            connections.record(edge, ConnectionEventType.INACTIVE_WARNING)
        announcements.announce_quiet(edges)
        Conversation.objects.filter(id__in=[talk.id for talk in found]).update(warned_for=F("last_activity_at"))
    return len(found)
