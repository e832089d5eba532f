"""A person's identity, proved with their papers: kept is by which name its issuer knows them, and nothing else."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from config.errors import Invalid, WrongState
from connect.enums import SignalKind
from connect.gov_ids import Proof
from connect.models import Profile
from connect.models.profile import LOCKED
from connect.services import locks, verifications
from safety.services import audit


def prove(*, user_id: UUID, proof: Proof, now: datetime) -> None:
    """Note that papers were seen; from now on name, birth date and gender stay as they are.

    Raises WrongState (profile_incomplete) while one of the three is missing, or (gov_id_in_use) for papers by which
    another account was proved, Invalid (gov_id_mismatch) for another birth date than theirs.
    """
    _check_agrees(locks.profile(user_id), proof)
    try:
        with transaction.atomic():
            verifications.record(user_id=user_id, kind=SignalKind.GOV_ID, now=now, reference=proof.reference)
    except IntegrityError as taken:
        raise WrongState("Another account was proved with these papers.", code="gov_id_in_use") from taken
    audit.record(action="gov_id_verified", actor=user_id, entity="connect_user", entity_id=user_id)


def _check_agrees(profile: Profile, proof: Proof) -> None:
    missing = [name for name in LOCKED if not getattr(profile, name)]
    if missing:
        message = "Tell your name, birth date and gender first: they cannot be changed afterwards."
        raise WrongState(message, code="profile_incomplete", missing=missing)
    if proof.birth_date not in {None, profile.birth_date}:
        raise Invalid("Your papers have another birth date than your profile.", code="gov_id_mismatch")
