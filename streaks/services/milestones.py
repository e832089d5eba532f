"""Setting on which day a tier earns a reveal, and whether it is sold."""

from uuid import UUID

from config.errors import WrongState
from safety.roles import as_service
from safety.services import audit
from streaks.models import RevealMilestone


def save(*, milestone: RevealMilestone, by: UUID) -> None:
    """Keep a changed milestone and who changed it; what was earned by then stays. Raises WrongState (last_reveal)."""
    if milestone.is_last:
        raise WrongState("The last reveal comes on the last day.", code="last_reveal")
    with as_service():
        milestone.save(update_fields=["day_required", "purchasable"])
        figures = {name: getattr(milestone, name) for name in ("tier", "number", "day_required", "purchasable")}
        audit.record(
            action="milestone_set", actor=by, entity="streaks_revealmilestone", entity_id=milestone.id, **figures
        )
