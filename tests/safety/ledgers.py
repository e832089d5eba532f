"""Moving somebody's trust, and what became of it."""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from safety.enums import TrustSource
from safety.models import TrustScore
from safety.services import trust


@transaction.atomic
def moved(user, delta, source=TrustSource.REFLECTION, ref=None, now=None, **more):
    """One event about somebody."""
    given = {"source": source, "source_ref_id": ref or uuid4(), "now": now or timezone.now()}
    return trust.record(user_id=user, delta=delta, **given, **more)


def score_of(user):
    return TrustScore.objects.get(user=user)
