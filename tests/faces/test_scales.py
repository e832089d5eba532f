"""What likeness is measured by, and who is searched for again."""

from datetime import timedelta

import numpy as np
import pytest

from connect.enums import Purpose, UserStatus
from connect.models import AccountDeletion, ConnectProfile, Consent, Profile, User
from connect.services import deletions, standing
from faces.enums import JobType
from faces.models import Face, FaceMatch, FaceParameters, LikenessScale, MatchJob
from faces.services import scales, searches
from matching.services import proposals
from safety import flags
from safety.services.actions import Standing
from tests.faces.alike import ANALYZER, chosen, draft, face, person
from tests.factories import ConnectProfileFactory, MatchFactory, ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch, settings):
    chosen(monkeypatch)
    settings.LIKENESS_LEAST_PAIRS = 6


def crowd(now, n, first=0):
    return [face(person(), now, 0.5 + i / 100, age=20 + i) for i in range(first, first + n)]


def test_a_scale_is_made_of_all_pairs_of_different_people(now):
    made = crowd(now, 4)
    face(made[0].user, now, 0.4)
    assert scales.keep(now=now)
    scale = LikenessScale.objects.get()
    assert (scale.analyzer, scale.version, scale.faces, scale.pairs) == (ANALYZER, "faces-1.1", 5, 9)
    assert scale.cuts == sorted(scale.cuts)
    assert scale.spread == {}


def test_the_spread_of_each_ratio_is_that_of_the_people(now):
    for eyes in (0.4, 0.5, 0.6, 0.5):
        face(person(), now, geometry_ratios={"eyes": eyes})
    scales.keep(now=now)
    assert LikenessScale.objects.get().spread == {"eyes": pytest.approx(np.std([0.4, 0.5, 0.6, 0.5]))}


def test_of_too_few_pairs_nothing_is_said(now):
    mine, *_ = crowd(now, 3)
    assert not scales.keep(now=now)
    searches.find(face_id=mine.id, now=now)
    assert set(FaceMatch.objects.values_list("percentile", "scale")) == {(None, None)}


def test_a_match_says_how_many_pairs_are_less_alike_and_by_what(now):
    mine, *_ = crowd(now, 5)
    scales.keep(now=now)
    searches.find(face_id=mine.id, now=now)
    matches = list(FaceMatch.objects.order_by("total"))
    assert {match.scale for match in matches} == {LikenessScale.objects.get()}
    places = [match.percentile for match in matches]
    assert places == sorted(places)
    assert 0 <= places[0] < places[-1] <= 100


def test_who_lets_nobody_compare_them_is_no_part_of_it(now):
    *_, last = crowd(now, 5)
    Consent.objects.filter(user=last.user, purpose=Purpose.FACE_MATCHING).update(revoked_at=now)
    Face.objects.filter(id=face(person(), now).id).update(verdict="rejected")
    scales.keep(now=now)
    assert LikenessScale.objects.get().faces == 4


def test_a_scale_holds_until_a_quarter_more_people_came(now):
    crowd(now, 8)
    assert [scales.keep(now=now) for _ in range(2)] == [True, False]
    crowd(now, 1, first=8)
    assert not scales.keep(now=now)
    crowd(now, 1, first=9)
    assert scales.keep(now=now)
    assert scales.newest(ANALYZER, "faces-1.1").faces == 10


def test_new_parameters_have_a_scale_of_their_own(now):
    crowd(now, 4)
    scales.keep(now=now)
    draft(weights={"age": 1.0})
    assert scales.keep(now=now)
    assert scales.newest(ANALYZER, "faces-1.1000").cuts != scales.newest(ANALYZER, "faces-1.1").cuts


# Searching again.


@pytest.fixture
def searched(now):
    """A face that was searched for an hour ago, after all that its person said."""
    user = person()
    ProfileFactory(user=user)
    ConnectProfileFactory(user=user)
    before = now - timedelta(hours=2)
    for model in (User, Profile, ConnectProfile):
        model.objects.update(updated_at=before)
    Consent.objects.update(granted_at=before)
    FaceParameters.objects.live().update(published_at=before)
    made = face(user, now)
    job = MatchJob.objects.create(face=made, user=user, due_at=now, status="pending")
    MatchJob.objects.update(status="processing")
    MatchJob.objects.update(status="completed", created_at=now - timedelta(hours=1))
    return job


def test_a_face_that_was_searched_for_is_left_alone(searched, now):
    assert searches.requeue(now=now) == 0


def _later(queryset, column):
    return lambda now: queryset().update(**{column: now})


CHANGES = {
    "wishes": _later(ConnectProfile.objects.all, "updated_at"),
    "place": _later(Profile.objects.all, "updated_at"),
    "consent": _later(lambda: Consent.objects.filter(purpose=Purpose.FACE_MATCHING), "granted_at"),
    "parameters": _later(FaceParameters.objects.live, "published_at"),
    "standing": lambda now: standing.apply(user_id=User.objects.get().id, standing=Standing(), now=now),
    "scale": lambda now: LikenessScale.objects.create(
        analyzer=ANALYZER, version="faces-1.1", faces=4, pairs=6, cuts=[0.5]
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_face_is_searched_for_again_once_after_what_changed(searched, now, change):
    change(now)
    assert [searches.requeue(now=now) for _ in range(2)] == [1, 0]
    job = MatchJob.objects.exclude(id=searched.id).get()
    assert (job.face_id, job.user_id, job.job_type, job.due_at) == (
        searched.face_id, searched.user_id, JobType.USER_MATCH, now,
    )  # fmt: skip


def _restored(user, now):
    User.objects.filter(id=user.id).update(status=UserStatus.DELETION_PENDING)
    AccountDeletion.objects.create(user=user, due_at=now + timedelta(days=1))
    User.objects.filter(id=user.id).update(updated_at=now - timedelta(hours=2))
    assert deletions.restore(user_id=user.id, now=now) == UserStatus.ACTIVE


def test_who_takes_their_deletion_back_is_searched_for_again(searched, now):
    _restored(searched.user, now)
    assert searches.requeue(now=now) == 1


@pytest.mark.parametrize(("verdict", "again"), [("verified", 1), ("rejected", 0)])
def test_whose_match_with_somebody_who_has_a_face_is_over_is_searched_for_again(searched, now, verdict, again):
    other = face(person(), now, verdict=verdict)
    MatchJob.objects.create(face=other, user=other.user, due_at=now, status="pending")
    match = MatchFactory(first=searched.user, second=other.user, expires_at=now)
    assert searches.requeue(now=now) == 0
    proposals.expire_overdue(now=now)
    match.refresh_from_db()
    assert match.ended_at == now
    assert searches.requeue(now=now) == again


def test_once_all_is_open_to_the_public_all_are_searched_for_again(searched, now):
    flags.note_change("connect_public", False, True)
    assert searches.requeue(now=now) == 1


def test_when_it_is_closed_nobody_is(searched, now):
    flags.note_change("connect_public", True, False)
    assert searches.requeue(now=now) == 0


def test_that_the_last_search_is_not_known_any_more_is_no_change(searched, now, settings):
    MatchJob.objects.all().delete()
    settings.RETENTION = settings.RETENTION | {"match_jobs": timedelta(minutes=90)}
    assert searches.requeue(now=now) == 0


def test_a_search_that_waits_is_not_asked_for_again(searched, now):
    CHANGES["wishes"](now)
    waiting = MatchJob.objects.create(face=searched.face, user=searched.user, due_at=now)
    MatchJob.objects.filter(id=waiting.id).update(created_at=now - timedelta(hours=1))
    assert searches.requeue(now=now) == 0


def test_a_face_with_a_job_for_the_famous_has_to_wait_for_its_end(searched, now):
    CHANGES["wishes"](now)
    job = MatchJob.objects.create(face=searched.face, user=searched.user, due_at=now, job_type=JobType.CELEBRITY_MATCH)
    assert searches.requeue(now=now) == 0
    job.delete()
    assert searches.requeue(now=now) == 1


def test_a_search_for_the_famous_is_no_search(searched, now):
    MatchJob.objects.update(job_type=JobType.CELEBRITY_MATCH)
    assert searches.requeue(now=now) == 1


def test_who_allows_no_search_is_not_searched_for(searched, now):
    CHANGES["wishes"](now)
    Consent.objects.filter(purpose=Purpose.FACE_MATCHING).update(revoked_at=now)
    assert searches.requeue(now=now) == 0
