"""Whose faces are like whose: found, written down once for both, shown to both or to neither.

A face searches for itself when it is new, and what it finds is there for the other too; so nobody else has to search
again because of it. Whether two people may know of each other is asked once more under a lock on both: somebody may
have left, or taken a consent back, since the index was asked.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Greatest

from config import bulk
from connect import exposure
from connect.enums import DisclosureSource, Purpose
from connect.models import ConnectProfile, Consent, Disclosure, Profile, User
from faces import analyzers
from faces.enums import JobType
from faces.models import Face, FaceMatch, FaceParameters, MatchJob
from faces.models.face import FaceQuerySet
from faces.services import findings, jobs, likenesses, nearest, scales
from faces.services.findings import Finding
from faces.services.scoring import look_of
from matching.models import Match
from safety import flags
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
    """Have workers search again for faces of whose people something changed after the last search for them: their
    standing, what they allow or wish, where they live, a match that kept them apart from somebody with a face. And for
    all after new parameters, another scale, or once all is open to the public; how many faces, BATCH at most.
    """
    chosen = analyzers.analyzer().name
    with transaction.atomic(), as_service():
        found = list(_outdated(chosen, now).order_by("id").values_list("id", "user_id")[:BATCH])
        jobs.start_many(faces=found, job_type=JobType.USER_MATCH, now=now)
    return len(found)


def _outdated(analyzer: str, now: datetime) -> FaceQuerySet:
    """Without a search since, and without a job that waits, since a face has one at a time.

    Searches are known for as long as jobs are kept; what changed before is not asked for: it was searched for then.
    """
    parameters = FaceParameters.objects.live().get()
    scale = scales.newest(analyzer, parameters.version)
    moments = [parameters.published_at, scale and scale.created_at, flags.on_since(exposure.FLAG)]
    changed = Greatest(
        *(Value(moment, DateTimeField()) for moment in moments),
        *(Subquery(some.order_by(f"-{at}").values(at)[:1]) for some, at in _changes(analyzer)),
    )
    own = MatchJob.objects.filter(face=OuterRef("pk"))
    searches = own.exclude(job_type=JobType.CELEBRITY_MATCH).order_by("-created_at")
    last = Subquery(searches.values("created_at")[:1])
    known = Value(now - settings.RETENTION["match_jobs"], DateTimeField())
    idle = scales.population(analyzer).exclude(Exists(own.unfinished()))
    return idle.alias(changed=changed).filter(changed__gt=Greatest(last, known))


def _changes(analyzer: str) -> list[tuple[QuerySet[Any], str]]:
    """Rows of a face's person that say whether and for whom they may be found, and the column of when they did last."""
    person = OuterRef("user")
    purposes = [Purpose.FACE_ANALYSIS, Purpose.FACE_MATCHING]
    return [
        (User.objects.filter(id=person), "updated_at"),
        (ConnectProfile.objects.filter(user=person), "updated_at"),
        (Profile.objects.filter(user=person), "updated_at"),
        (Consent.objects.live().filter(user=person, purpose__in=purposes), "granted_at"),
        (_ended("user_a", "user_b", analyzer), "ended_at"),
        (_ended("user_b", "user_a", analyzer), "ended_at"),
    ]


def _ended(mine: str, other: str, analyzer: str) -> QuerySet[Match]:
    """Matches of a face's person that are over, with people who have a face too."""
    theirs = Face.objects.own().filter(user=OuterRef(other), analyzer=analyzer)
    return Match.objects.filter(Exists(theirs), ended_at__isnull=False, **{mine: OuterRef("user")})


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
    users = User.objects.filter(id__in=bulk.any_of(people)).order_by("id")
    list(users.select_for_update(no_key=True).values_list("id", flat=True))
