"""Looking again at faces that are there, once another analyzer is chosen: its vectors compare with no others."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from faces import analyzers
from faces.enums import FaceStatus, JobType, Verdict
from faces.models import CelebrityMatch, Face, MatchJob
from faces.models.analyzed import EMPTY
from faces.services import jobs
from safety.roles import as_service

BATCH = 200


def reanalyze(*, now: datetime, limit: int = BATCH) -> int:
    """Empty what another analyzer than the chosen one found in at most so many faces, and whom of the famous it found
    them like, and have workers look at them anew; how many. Those with a job that is not done are left to it, those
    that are not of their people are not looked at. Raises AnalyzerUnavailable.
    """
    chosen = analyzers.analyzer().name
    with transaction.atomic(), as_service():
        rightly = Face.objects.exclude(verdict=Verdict.REJECTED)
        idle = rightly.exclude(Exists(MatchJob.objects.unfinished().filter(face=OuterRef("pk"))))
        old = idle.exclude(analyzer=chosen).order_by("id").select_for_update(of=("self",), skip_locked=True)
        found: list[tuple[UUID, UUID]] = list(old.values_list("id", "user_id")[:limit])
        ids = [face for face, _ in found]
        looked_at = Face.objects.filter(id__in=ids).exclude(status=FaceStatus.PENDING)
        looked_at.update(status=FaceStatus.PENDING, identity_grade=False, **EMPTY)
        CelebrityMatch.objects.filter(face__in=ids).delete()
        jobs.start_many(faces=found, job_type=JobType.BOTH, now=now)
    return len(found)
