"""Discovery as operators see it: how it is off, and who was shown to whom."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from config.admin import ModelAdmin
from matching.models import DiscoveryBatch, DiscoveryCard, DiscoveryEntry, DiscoveryFilter, Server
from matching.services.discovery_health import Health, health


@admin.register(Server)
class ServerAdmin(ModelAdmin):
    list_display = ("sort_order", "code", "name")
    list_before_template = "matching/discovery_health.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), **_tables(health())})


@admin.register(DiscoveryBatch)
class DiscoveryBatchAdmin(ModelAdmin):
    list_display = ("made_at", "person", "server", "exhausted", "superseded_at")
    list_filter = ("server", "exhausted")
    list_select_related = ("person",)
    subject_ids = ("person_id",)


@admin.register(DiscoveryCard)
class DiscoveryCardAdmin(ModelAdmin):
    list_display = ("shown_at", "owner", "subject", "position", "status", "decided_at")
    list_filter = ("status",)
    list_select_related = ("owner", "subject")
    hidden = ("snapshot",)
    parties = ("owner", "subject")


@admin.register(DiscoveryFilter)
class DiscoveryFilterAdmin(ModelAdmin):
    list_display = ("updated_at", "person", "server")
    list_filter = ("server",)
    list_select_related = ("person",)


@admin.register(DiscoveryEntry)
class DiscoveryEntryAdmin(ModelAdmin):
    list_display = ("user", "visible", "has_room", "exposure", "built_at")
    list_filter = ("visible", "has_room")
    list_select_related = ("user",)
    hidden = ("x", "y", "z")


def _tables(found: Health) -> dict[str, Any]:
    """Figures side by side, with words that need no explanation."""
    people = [
        ("In the pool", found.people),
        ("To be found now", found.visible),
        *((f"Of them in {server.label}", each.visible) for server, each in found.servers.items()),
        ("Inequality of exposure (Gini, 0 is even)", f"{found.gini:.2f}"),
    ]
    batches = [
        (server.label, each.batches, each.exhausted, f"{each.exhausted / max(1, each.batches):.0%}")
        for server, each in found.servers.items()
    ]
    return {
        "people": {"headers": ["", "People"], "rows": people},
        "batches": {"headers": ["Server", "Live", "With fewer than five", "Share"], "rows": batches},
        "unmet": {
            "headers": ["Unmet", "People"],
            "rows": [(code.replace("_", " "), number) for code, number in found.unmet.items()],
        },
    }
