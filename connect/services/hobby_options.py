"""Taking a hobby off the list of what there is to choose, putting it back, and what it is called."""

from uuid import UUID

from connect.models import HobbyOption
from safety.roles import as_service
from safety.services import audit


def save(*, option: HobbyOption, by: UUID) -> None:
    """Keep a changed option and who changed it. Who chose it keeps it, whether it is still offered or not."""
    with as_service():
        option.save(update_fields=["name", "is_active"])
        told = {name: getattr(option, name) for name in ("code", "name", "is_active")}
        audit.record(action="hobby_option_set", actor=by, entity="connect_hobbyoption", entity_id=option.id, **told)
