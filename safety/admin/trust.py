"""How far people are trusted: the score with the ledger it comes from, and the page on which it is reviewed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from config import clock
from config.admin import ModelAdmin, reported, staff_id
from safety.admin.forms import ReviewForm
from safety.admin.pages import CasePages, people_of
from safety.models import TrustScore, TrustScoreEvent
from safety.services import oversight, trust, trust_audit


@admin.register(TrustScore)
class TrustScoreAdmin(CasePages):
    """Where everybody stands of whom something is known."""

    list_display = ("user_id", "score", "band", "cooldown_applied", "engine_version", "updated_at")
    list_filter = ("band", "cooldown_applied")
    parties = ("user",)
    page_template = "safety/trust.html"
    step_names: ClassVar = ("review",)

    def context(self, request: HttpRequest, found: TrustScore) -> dict[str, Any]:
        by = staff_id(request)
        events = list(TrustScoreEvent.objects.filter(user=found.user_id).order_by("seq"))
        return {
            "people": people_of([("Person", found.user_id)], viewer=by),
            "components": {"headers": ["Source", "Points"], "rows": list(found.components.items())},
            "ledger": _ledger(events),
            "differences": trust_audit.of_one(found, events),
            "colleague": oversight.is_colleague(about=found.user_id, by=by),
            "form": ReviewForm(),
        }

    def review(self, request: HttpRequest, found: TrustScore) -> HttpResponse:
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return self.show(request, found, form=form)
        given = form.cleaned_data
        with reported(self, request, found):
            trust.review(
                user_id=found.user_id,
                by=staff_id(request),
                delta=given["delta"],
                reason=given["reason"],
                ref=given["ref"],
                now=clock.now(),
            )
        return self.back(found)


@admin.register(TrustScoreEvent)
class TrustScoreEventAdmin(ModelAdmin):
    """The ledger. What somebody wrote of a review stands on the page of the score."""

    list_display = ("at", "user_id", "source", "delta", "asked", "seq")
    list_filter = ("source",)
    hidden = ("metadata",)
    parties = ("user",)
    subject_ids = ("source_ref_id",)


def _ledger(events: list[TrustScoreEvent]) -> dict[str, Any]:
    rows = [
        (
            event.seq,
            f"{event.at:%Y-%m-%d %H:%M}",
            event.get_source_display(),
            f"{event.delta:+d}" if event.delta == event.asked else f"{event.delta:+d} of {event.asked:+d}",
            "taken back" if event.reverses else event.metadata.get("reason", "-"),
        )
        for event in reversed(events)
    ]
    return {"headers": ["No.", "When", "Source", "Moved by", "Why"], "rows": rows}
