"""What was proved of a person."""

from datetime import datetime
from uuid import UUID

from connect.enums import SignalKind
from connect.models import VerificationSignal
from safety.roles import as_service


def record(*, user_id: UUID, kind: SignalKind, now: datetime, reference: str = "") -> None:
    """Note that something was proved now; of a kind the newest proof stands."""
    signal = VerificationSignal(user_id=user_id, kind=kind, reference=reference, verified_at=now)
    with as_service():
        VerificationSignal.objects.bulk_create(
            [signal],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["reference", "verified_at"],
        )


def is_proved(*, user_id: UUID, kind: SignalKind) -> bool:
    """Whether this was ever proved of the person."""
    with as_service():
        return VerificationSignal.objects.filter(user=user_id, kind=kind).exists()


def withdraw(*, user_id: UUID, kind: SignalKind) -> None:
    """What was proved holds no more."""
    with as_service():
        VerificationSignal.objects.filter(user=user_id, kind=kind).delete()


def forget(*, user_id: UUID) -> None:
    """Take back all that was proved: it was proved by somebody else."""
    with as_service():
        VerificationSignal.objects.filter(user=user_id).delete()
