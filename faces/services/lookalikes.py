"""Whom of the famous a face is like: the ten nearest by the same analyzer, kept as rows."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Exists, F, Max, OuterRef, QuerySet, Value, When

from config import bulk, hints
from config.db import new_id
from connect.enums import Purpose
from connect.models import Consent
from faces.analyzers import analyzer
from faces.enums import UNFINISHED, JobType, Verdict
from faces.models import Celebrity, CelebrityMatch, Face, MatchJob
from faces.services import jobs
from safety.roles import as_service

MOST = 10
SEEKING = [JobType.CELEBRITY_MATCH, JobType.BOTH]
BATCH = 500
"""Faces that get their job in one statement."""
SETTLED = timedelta(minutes=10)
"""How long after a change of the famous it is sure to be committed, and faces are looked at anew: an import is one
change, and not hundreds.
"""

# The index is walked on until enough are found that this analyzer looked at.
_FOUND = """
WITH nearest AS MATERIALIZED (
    SELECT id, least(1, greatest(0, 1 - (embedding <=> %(embedding)s::vector))) AS similarity
    FROM faces_celebrity
    WHERE analyzer = %(analyzer)s AND embedding IS NOT NULL
    ORDER BY embedding <=> %(embedding)s::vector
    LIMIT %(most)s
), fallen AS (
    DELETE FROM faces_celebritymatch
    WHERE face_id = %(face)s AND celebrity_id NOT IN (SELECT id FROM nearest)
)
INSERT INTO faces_celebritymatch (face_id, celebrity_id, similarity_score, analyzer, updated_at)
SELECT %(face)s, id, similarity, %(analyzer)s, %(now)s FROM nearest
ON CONFLICT (face_id, celebrity_id) DO UPDATE SET
    similarity_score = EXCLUDED.similarity_score, analyzer = EXCLUDED.analyzer, updated_at = EXCLUDED.updated_at
"""
_WIDELY = "SELECT set_config('hnsw.iterative_scan', 'strict_order', true)"


def find(*, face_id: UUID, now: datetime) -> int:
    """Find whom of the famous a face is like, and keep that; how many. It shows nobody who is not widely known.

    So it needs the consent to the analysis of its owner, and nobody who found that the face is their own. Without the
    consent, anything that was found in the face, or with a verdict against it, what was kept is deleted. Doing it again
    changes nothing.
    """
    with transaction.atomic(), as_service():
        face = Face.objects.select_for_update(no_key=True).filter(id=face_id).first()
        if face is None:
            return 0
        if not _may_compare(face):
            CelebrityMatch.objects.filter(face=face_id).delete()
            return 0
        return _store(face, now)


def look_again(*, celebrity_id: UUID, now: datetime) -> int:
    """Have the faces looked at anew that are like somebody who is about to go; how many. Needs the service.

    A job of such a face that is not done yet does it along, or once more.
    """
    like = CelebrityMatch.objects.filter(celebrity=celebrity_id).values("face")
    standing = MatchJob.objects.filter(face__in=like, status__in=UNFINISHED)
    both = Case(When(job_type=JobType.USER_MATCH, then=Value(JobType.BOTH)), default=F("job_type"))
    along = standing.update(job_type=both, due_at=now)
    return along + _ask(Face.objects.filter(id__in=like), now)


def refresh_due(*, now: datetime) -> int:
    """Have faces looked at anew that were looked at before the famous changed last; how many, BATCH at most."""
    with transaction.atomic(), as_service():
        changed = Celebrity.objects.aggregate(last=Max("analyzed_at"))["last"]
        if changed is None or changed + SETTLED > now:
            return 0
        return _ask(_stale(changed + SETTLED)[:BATCH], now)


def _may_compare(face: Face) -> bool:
    if face.embedding is None or face.verdict == Verdict.REJECTED:
        return False
    return Consent.objects.allows(face.user_id, Purpose.FACE_ANALYSIS)


def _store(face: Face, now: datetime) -> int:
    vector = face._meta.get_field("embedding").get_prep_value(face.embedding)
    given = {"face": face.id, "embedding": vector, "analyzer": face.analyzer, "now": now, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_WIDELY)
        cursor.execute(_FOUND, given)
        return int(cursor.rowcount)


def _stale(since: datetime) -> QuerySet[Face]:
    """Faces that the present analyzer looked at and nobody since then sought the lookalikes of, or is asked to."""
    kept = CelebrityMatch.objects.filter(face=OuterRef("id"), updated_at__gte=since)
    of_face = MatchJob.objects.filter(face=OuterRef("id"))
    asked = of_face.filter(created_at__gte=since, job_type__in=SEEKING)
    standing = of_face.filter(status__in=UNFINISHED)
    faces = Face.objects.filter(analyzer=analyzer().name, embedding__isnull=False).exclude(verdict=Verdict.REJECTED)
    return faces.filter(~Exists(kept), ~Exists(asked), ~Exists(standing)).order_by("id")


def _ask(faces: QuerySet[Face], now: datetime) -> int:
    """Jobs for faces, but for those that have an unfinished one."""
    asked = {"job_type": JobType.CELEBRITY_MATCH, "due_at": now, "created_at": now, "again": True}
    ids = faces.values_list("id", "user_id")
    rows = [{"id": new_id(), "face_id": face, "user_id": user, **asked} for face, user in ids]
    made = bulk.insert(MatchJob, rows)
    if made:
        hints.after_commit(jobs.TASK)
    return len(made)
