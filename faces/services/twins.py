"""People who look so alike that they were taken for one."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from faces.enums import JobType, Withheld
from faces.models import Face, FaceMatch, Twins
from faces.services import jobs
from safety.services import audit


def tell_apart(*, first: UUID, second: UUID, by: UUID, now: datetime) -> None:
    """Keep for good that two people are not one, and have workers judge by the ordinary rules what was withheld between
    them; doing so again changes nothing.

    Needs the service role, and both people locked, so that a search either knows of it or is judged again too.
    """
    user_a, user_b = sorted((first, second))
    found, is_new = Twins.objects.get_or_create(user_a_id=user_a, user_b_id=user_b, defaults={"created_at": now})
    if is_new:
        audit.record(action="told_apart", actor=by, entity="faces_twins", entity_id=found.id)
        _judge_again(user_a, user_b, now)


def known(user_id: UUID, among: Collection[UUID]) -> set[UUID]:
    """Who of these people was told apart from somebody; asks nothing where there are none. Needs the service role."""
    return {pair.other(user_id) for pair in Twins.objects.between(user_id, among)} if among else set()


def _judge_again(user_a: UUID, user_b: UUID, now: datetime) -> None:
    """The faces of one of the two find all that is between them; the most alike first, of which both are told."""
    withheld = FaceMatch.objects.filter(user_a=user_a, user_b=user_b, withheld=Withheld.SAME_PERSON)
    faces = Face.objects.without_numbers().filter(matches_as_a__in=withheld)
    for face in faces.annotate(best=Max("matches_as_a__total")).order_by("-best"):
        jobs.start(face=face, job_type=JobType.USER_MATCH, now=now)
