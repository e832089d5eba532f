"""What somebody has to allow before anything is done with faces of theirs."""

from uuid import UUID

from config.errors import ConsentMissing
from connect.enums import Purpose
from connect.models import Consent


def require_consent(user_id: UUID, purpose: Purpose) -> None:
    """Raises ConsentMissing unless this consent is live; the details name it. Run as the person or as the service."""
    if not Consent.objects.allows(user_id, purpose):
        raise ConsentMissing(purpose=purpose.value)
