"""Looking again at faces that are there: for people who allow the search only now, and by another analyzer."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Subquery

from connect.enums import Purpose
from connect.models import Consent
from faces import analyzers
from faces.enums import FaceStatus, JobType
from faces.models import Face, MatchJob
from faces.models.analyzed import Analyzed
from faces.models.face import FaceQuerySet
from faces.services import jobs
from safety.roles import as_service

BATCH = 200
LOOKED_BACK = timedelta(days=2)
"""For consents younger than this; whoever gave one before has been searched for."""
EMPTY = {f.name: "" if isinstance(f, models.CharField) else None for f in Analyzed._meta.local_fields}


def search_for_consenting(*, now: datetime) -> int:
    """Have workers search for the faces of those who allowed it after the last search for them; how many faces."""
    with transaction.atomic(), as_service():
        found = list(_unsearched(now).order_by("id").values_list("id", "user_id")[:BATCH])
        jobs.start_many(faces=found, job_type=JobType.USER_MATCH, now=now)
    return len(found)


def reanalyze(*, now: datetime, limit: int = BATCH) -> int:
    """Empty what another analyzer than the chosen one found in at most so many faces, and have workers look at them
    anew; how many. Those with a job that is not done are left to it. Raises AnalyzerUnavailable.
    """
    chosen = analyzers.analyzer().name
    with transaction.atomic(), as_service():
        old = _idle().exclude(analyzer=chosen).order_by("id").select_for_update(of=("self",), skip_locked=True)
        found: list[tuple[UUID, UUID]] = list(old.values_list("id", "user_id")[:limit])
        looked_at = Face.objects.filter(id__in=[face for face, _ in found]).exclude(status=FaceStatus.PENDING)
        looked_at.update(status=FaceStatus.PENDING, identity_grade=False, **EMPTY)
        jobs.start_many(faces=found, job_type=JobType.BOTH, now=now)
    return len(found)


def _idle() -> FaceQuerySet:
    return Face.objects.exclude(Exists(MatchJob.objects.unfinished().filter(face=OuterRef("pk"))))


def _unsearched(now: datetime) -> FaceQuerySet:
    given = Consent.objects.live().filter(purpose=Purpose.FACE_MATCHING, granted_at__gt=now - LOOKED_BACK)
    granted_at = Subquery(given.filter(user=OuterRef("user")).values("granted_at")[:1])
    searched = MatchJob.objects.filter(face=OuterRef("pk"), created_at__gte=OuterRef("granted_at"))
    since = searched.exclude(job_type=JobType.CELEBRITY_MATCH)
    ready = _idle().own().filter(user__in=given.values("user"))
    return ready.alias(granted_at=granted_at).exclude(Exists(since))
