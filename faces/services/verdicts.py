"""Whose face a picture shows: its uploader's, by their profile photos or by a moderator, or somebody else's."""

from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Q

from config.errors import Forbidden, NotYours, WrongState
from connect.enums import NotificationType
from connect.models import Photo
from faces import analyzers, wording
from faces.analyzers import Analyzer
from faces.engine.analysis import Analysis
from faces.enums import FaceStatus, JobType, Judge, Verdict
from faces.models import CelebrityMatch, Face, FaceMatch
from faces.models.analyzed import EMPTY
from faces.services import analyses, announcements, jobs, likenesses
from safety.roles import as_service
from safety.services import audit, oversight
from safety.services.blocks import lock_pair


def judge_by_photos(face: Face, *, now: datetime) -> bool:
    """Find out by the profile photos whether a face that was analysed is its uploader's own; whether it was found now.

    It is when an analyzer of identity grade takes more than half of the photos that show a face for the same person.
    Whatever else it sees stays open, for a moderator. No transaction may be open.
    """
    chosen = analyzers.analyzer()
    asked = chosen.identity_grade and face.verdict == Verdict.OPEN and face.analyzer == chosen.name
    if not asked or not _is_on_most_photos(face, chosen):
        return False
    with transaction.atomic(), as_service():
        found = Face.objects.filter(id=face.id, verdict=Verdict.OPEN, status=FaceStatus.ANALYZED)
        return bool(found.update(verdict=Verdict.VERIFIED, judged_by=Judge.PHOTOS, judged_at=now))


def judge_again(*, user_id: UUID, now: datetime) -> None:
    """Have a person's open faces judged by the profile photos that are there by now, where those who analysed them can.

    A face that is not analysed yet has a job which will.
    """
    with as_service():
        undecided = Face.objects.of(user_id).filter(verdict=Verdict.OPEN, identity_grade=True)
        for face in undecided.without_numbers().filter(status=FaceStatus.ANALYZED):
            jobs.start(face=face, job_type=JobType.USER_MATCH, now=now)


def decide(*, face_id: UUID, verified: bool, by: UUID, now: datetime) -> Face:
    """A moderator says whether a face is its uploader's own, who is told; deciding the same again changes nothing.

    One that is takes part in the search from now on; one that is not loses all that was made of it and found in it, and
    is looked at anew should the verdict change. Raises NotYours,
    Forbidden for a face of one's own or like one's own (own_case), or a colleague's, WrongState (face_not_analyzed).
    """
    verdict = Verdict.VERIFIED if verified else Verdict.REJECTED
    with as_service():
        face = _locked(face_id)
        if face.user_id == by or FaceMatch.objects.of(by).of(face.user_id).exists():
            raise Forbidden("Another moderator has to look at this picture.", code="own_case")
        oversight.refuse_colleague(about=face.user_id, by=by)
        if face.verdict == verdict:
            return face
        if verified and face.verdict == Verdict.OPEN and face.status != FaceStatus.ANALYZED:
            raise WrongState("No face was found in this picture, or not yet.", code="face_not_analyzed")
        face.verdict, face.judged_by, face.judge, face.judged_at = verdict, Judge.MODERATOR, by, now
        face.save(update_fields=["verdict", "judged_by", "judge", "judged_at"])
        audit.record(action=f"face_{verdict}", actor=by, entity="faces_face", entity_id=face.id)
        _follow(face, now)
    return face


def _is_on_most_photos(face: Face, chosen: Analyzer) -> bool:
    with transaction.atomic(), as_service():
        photos = list(Photo.objects.of(face.user_id).filter(has_face=True))
    found = [_seen_on(photo, chosen) for photo in photos]
    theirs: Any = face.embedding
    cosines = [float(np.dot(theirs, seen.embedding)) for seen in found if seen]
    return 2 * sum(cosine >= chosen.same_person for cosine in cosines) > len(cosines)


def _seen_on(photo: Photo, chosen: Analyzer) -> Analysis | None:
    """None also for one that is deleted meanwhile."""
    try:
        return analyses.read(chosen, photo)
    except FileNotFoundError:
        return None


def _locked(face_id: UUID) -> Face:
    """The face with its person."""
    user_id = Face.objects.filter(id=face_id).values_list("user_id", flat=True).first()
    if user_id is None:
        raise NotYours()
    lock_pair(user_id, user_id)
    face = Face.objects.without_numbers().select_for_update(no_key=True).filter(id=face_id).first()
    if face is None:
        raise NotYours()
    return face


def _follow(face: Face, now: datetime) -> None:
    if face.verdict == Verdict.VERIFIED:
        was_read = face.status == FaceStatus.ANALYZED
        jobs.start(face=face, job_type=JobType.USER_MATCH if was_read else JobType.BOTH, now=now)
        words = wording.VERIFIED
    else:
        likenesses.end(FaceMatch.objects.filter(Q(face_a=face) | Q(face_b=face)), now=now)
        CelebrityMatch.objects.filter(face=face).delete()
        read = Face.objects.filter(id=face.id).exclude(status=FaceStatus.PENDING)
        read.update(status=FaceStatus.PENDING, identity_grade=False, **EMPTY)
        face.refresh_from_db()
        words = wording.REJECTED
    announcements.tell([face.user_id], NotificationType.MODERATION, words)
