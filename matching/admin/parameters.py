"""The versions of the engine's numbers: read as they are, drafted, tuned on the real pool, published."""

from typing import Any, ClassVar

from django.contrib import admin

from config import clock
from matching.admin import comparisons
from matching.admin.forms import TuningForm
from matching.admin.versions import VersionsAdmin
from matching.models import EngineParameters
from matching.models.parameters import NUMBERS
from matching.services import parameters, previews, tuning


@admin.register(EngineParameters)
class EngineParametersAdmin(VersionsAdmin):
    """A preview runs the engine on a sample of the pool."""

    numbers = NUMBERS
    service: ClassVar = tuning
    tuning_form = TuningForm
    tune_template = "matching/tune.html"
    consequence = "the pool is matched anew. Proposals that are open stay as they are."

    def preview(self, form: TuningForm) -> dict[str, Any]:
        found = None
        if form.is_valid():
            found = previews.compare(live=parameters.live(), draft=form.instance.as_parameters(), now=clock.now())
        return {"most": previews.PEOPLE, "preview": found and comparisons.shown(found)}
