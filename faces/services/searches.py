"""Whose faces are like whose: found, written down once for both, shown to both or to neither.

A face searches for itself when it is new, and what it finds is there for the other too; so nobody else has to search
again because of it. Whether two people may know of each other is asked once more under a lock on both: somebody may
have left, or taken a consent back, since the index was asked.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest

from config import bulk
from connect.enums import DisclosureSource, Purpose
from connect.models import ConnectProfile, Consent, Disclosure, Profile
from faces import analyzers
from faces.enums import UNFINISHED, JobType
from faces.models import Face, FaceMatch, FaceParameters, MatchJob
from faces.models.face import FaceQuerySet
from faces.services import findings, jobs, likenesses, nearest, scales
from faces.services.findings import Finding
from faces.services.scoring import look_of
from safety.roles import as_service
from safety.services.blocks import lock_pair

BATCH = 200


def find(*, face_id: UUID, now: datetime) -> int:
    """Find whose faces a face is like and write it down for both; how many people it is shown to be like.

    A face that may not be searched for, or that another analyzer than the chosen one looked at, finds nobody. Finding
    again makes nothing twice: it scores anew what is there. Raises AnalyzerUnavailable.
    """
    chosen = analyzers.analyzer()
    with transaction.atomic(), as_service():
        face = Face.objects.own().without_numbers().filter(id=face_id, analyzer=chosen.name).first()
        if face is None:
            return 0
        parameters = FaceParameters.objects.live().get()
        search = nearest.search(face, parameters, now)
        if not search.takes_part():
            return 0
        scale = scales.newest(chosen.name, parameters.version)
        finding = Finding(face, look_of(face), parameters, scale, chosen.same_person, now)
        return _settle(finding, search)


def forget(*, user_id: UUID, now: datetime) -> int:
    """Delete whom somebody was found to be like, with all that was made of it, and what the two saw of each other by
    it; how many. Raises NotYours when they are gone.
    """
    with as_service():
        lock_pair(user_id, user_id)  # which whoever finds them just now holds too
        found = likenesses.end(FaceMatch.objects.of(user_id), now=now)
        sides = Q(viewer=user_id) | Q(subject=user_id)
        Disclosure.objects.filter(sides, source=DisclosureSource.FACE_MATCH).delete()
    return found


def requeue(*, now: datetime) -> int:
    """Have workers search again for faces whose people changed what they wish, where they live or what they allow
    after the last search for them, and for all after new parameters or another scale; how many faces, BATCH at most.
    """
    chosen = analyzers.analyzer().name
    with transaction.atomic(), as_service():
        found = list(_outdated(chosen).order_by("id").values_list("id", "user_id")[:BATCH])
        jobs.start_many(faces=found, job_type=JobType.USER_MATCH, now=now)
    return len(found)


def _outdated(analyzer: str) -> FaceQuerySet:
    """Without a search since, and without one that waits."""
    parameters = FaceParameters.objects.live().get()
    scale = scales.newest(analyzer, parameters.version)
    moments = [parameters.published_at, scale and scale.created_at]
    rows = (
        (ConnectProfile.objects.all(), "updated_at"),
        (Profile.objects.all(), "updated_at"),
        (_consents(), "granted_at"),
    )
    changed = Greatest(
        *(Value(moment, DateTimeField()) for moment in moments),
        *(Subquery(some.filter(user=OuterRef("user")).order_by(f"-{at}").values(at)[:1]) for some, at in rows),
    )
    own = MatchJob.objects.filter(face=OuterRef("pk")).exclude(job_type=JobType.CELEBRITY_MATCH)
    searched = own.filter(Q(created_at__gte=OuterRef("changed")) | Q(status__in=UNFINISHED))
    return scales.population(analyzer).alias(changed=changed).exclude(Exists(searched))


def _consents() -> QuerySet[Consent]:
    return Consent.objects.live().filter(purpose__in=[Purpose.FACE_ANALYSIS, Purpose.FACE_MATCHING])


def _settle(finding: Finding, search: nearest.Search) -> int:
    """Decide about whoever is like the face and whomever it was found to be like before. Needs the service role."""
    me = finding.face.user_id
    wanted = {near.id: near.user_id for near in findings.counting(finding, search.shortlist())}
    for match in FaceMatch.objects.filter(Q(face_a=finding.face) | Q(face_b=finding.face)):
        wanted[match.face_of(match.other(me))] = match.other(me)
    _hold({me, *wanted.values()})
    if not search.takes_part():
        return 0
    return findings.write(finding, search.among(wanted))


def _hold(people: Collection[UUID]) -> None:
    """Lock people in the order of their ids, as everything does that blocks, revokes or leaves."""
    users = get_user_model()._default_manager.filter(id__in=bulk.any_of(people)).order_by("id")
    list(users.select_for_update(no_key=True).values_list("id", flat=True))
