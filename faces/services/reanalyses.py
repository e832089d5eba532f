"""Looking again at faces that are there, once another analyzer is chosen: its vectors compare with no others."""

from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from faces import analyzers
from faces.enums import FaceStatus, JobType
from faces.models import Face, MatchJob
from faces.models.analyzed import Analyzed
from faces.services import jobs
from safety.roles import as_service

BATCH = 200
EMPTY = {f.name: "" if isinstance(f, models.CharField) else None for f in Analyzed._meta.local_fields}


def reanalyze(*, now: datetime, limit: int = BATCH) -> int:
    """Empty what another analyzer than the chosen one found in at most so many faces, and have workers look at them
    anew; how many. Those with a job that is not done are left to it. Raises AnalyzerUnavailable.
    """
    chosen = analyzers.analyzer().name
    with transaction.atomic(), as_service():
        idle = Face.objects.exclude(Exists(MatchJob.objects.unfinished().filter(face=OuterRef("pk"))))
        old = idle.exclude(analyzer=chosen).order_by("id").select_for_update(of=("self",), skip_locked=True)
        found: list[tuple[UUID, UUID]] = list(old.values_list("id", "user_id")[:limit])
        looked_at = Face.objects.filter(id__in=[face for face, _ in found]).exclude(status=FaceStatus.PENDING)
        looked_at.update(status=FaceStatus.PENDING, identity_grade=False, **EMPTY)
        jobs.start_many(faces=found, job_type=JobType.BOTH, now=now)
    return len(found)
