"""Whom a face finds, and what becomes of it."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connect.enums import DisclosureSource, Gender, Purpose, UserStatus
from connect.models import Consent, Disclosure, Profile
from connect.services import consents
from faces.enums import Withheld
from faces.models import Face, FaceMatch, FaceParameters
from faces.services import nearest, scales, searches
from matching.enums import Origin
from matching.models import Connection
from safety import flags
from safety.enums import BlockSource, FlagKind
from safety.models import SafetyFlag
from safety.services import blocks
from tests.chat.test_asyncapi import check
from tests.faces.alike import chosen, draft, face, person
from tests.factories import ConnectProfileFactory, MatchFactory, ProfileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def analyzer(monkeypatch):
    chosen(monkeypatch)


@pytest.fixture
def published(monkeypatch):
    sent = []
    monkeypatch.setattr("faces.services.findings.publish_each", sent.extend)
    return sent


def find(made, now):
    return searches.find(face_id=made.id, now=now)


def test_what_is_like_one_face_is_written_down_once_for_both(now):
    mine, theirs = face(person(), now), face(person(), now, 0.7)
    assert find(mine, now) == 1
    assert find(theirs, now) == 1
    match = FaceMatch.objects.get()
    assert {match.face_a_id, match.face_b_id} == {mine.id, theirs.id}
    assert match.user_a_id < match.user_b_id
    assert match.face_of(mine.user_id) == mine.id
    assert match.similarity_score == pytest.approx(0.7, abs=1e-6)
    assert match.factors == {
        "embedding": pytest.approx(0.7),
        "geometry": 1.0, "age": 1.0, "symmetry": 1.0, "skin_tone": 1.0, "expression": 1.0,
    }  # fmt: skip
    assert match.total == pytest.approx(0.94)
    assert (match.analyzer, match.version, match.withheld, match.percentile) == ("classical-1", "faces-1.1", "", None)


def test_the_two_see_each_others_face_and_are_told(now, published):
    mine, theirs = face(person(), now), face(person(), now, 0.7)
    find(mine, now)
    match = FaceMatch.objects.get()
    shown = Disclosure.objects.live().values_list("viewer", "subject", "level", "source", "source_id")
    pair = {mine.user_id, theirs.user_id}
    assert {(viewer, subject) for viewer, subject, *_ in shown} == {(*pair,), (*reversed([*pair]),)}
    assert {(*rest,) for _, _, *rest in shown} == {("face", "face_match", match.id)}
    told = {"match_id": str(match.id), "percentile": None}
    assert sorted(published, key=str) == sorted([(user, "face_match.new", told) for user in pair], key=str)


def test_what_they_are_told_is_documented(now, published, settings):
    settings.LIKENESS_LEAST_PAIRS = 1
    mine, _ = _alike(now)
    scales.keep(now=now)
    find(mine, now)
    for _, kind, data in published:
        check({"type": kind, "data": data}, "server_face_match_new")
    assert [data["percentile"] for _, _, data in published] == [0, 0]


def test_finding_again_makes_nothing_twice_and_tells_nobody(now, published):
    mine, _ = face(person(), now), face(person(), now, 0.7)
    find(mine, now)
    before = FaceMatch.objects.get(), Disclosure.objects.count()
    published.clear()
    assert find(mine, now) == 1
    assert (FaceMatch.objects.get(), Disclosure.objects.count(), published) == (*before, [])


def test_below_the_threshold_nobody_is_found(now):
    draft(threshold=0.95)
    mine, _ = face(person(), now), face(person(), now, 0.7)
    assert find(mine, now) == 0
    assert not FaceMatch.objects.exists()


def test_what_was_found_is_scored_anew_and_stays(now):
    mine, _ = face(person(), now), face(person(), now, 0.7)
    find(mine, now)
    draft(threshold=0.99, weights={"embedding": 1.0})
    assert find(mine, now) == 1
    match = FaceMatch.objects.get()
    assert (match.total, match.version) == (pytest.approx(0.7), "faces-1.1000")


def test_of_more_than_the_shortlist_the_nearest_are_ranked(now):
    draft(shortlist=2)
    mine = face(person(), now)
    alike = {cosine: face(person(), now, cosine).id for cosine in (0.5, 0.8, 0.6, 0.7)}
    find(mine, now)
    found = {match.face_of(match.other(mine.user_id)) for match in FaceMatch.objects.all()}
    assert found == {alike[0.8], alike[0.7]}


def test_a_match_of_poor_quality_is_withheld(now, published):
    mine, _ = face(person(), now), face(person(), now, 0.7, quality_score=0.2)
    assert find(mine, now) == 0
    assert FaceMatch.objects.get().withheld == Withheld.QUALITY
    assert not Disclosure.objects.exists()
    assert published == []


# Likely one person under two accounts.


def test_likely_the_same_person_is_withheld_and_flagged_for_both_accounts(now, published):
    mine, theirs = face(person(), now), face(person(), now, 0.95)
    assert find(mine, now) == 0
    match = FaceMatch.objects.get()
    assert match.withheld == Withheld.SAME_PERSON
    flagged = SafetyFlag.objects.values_list("user", "kind", "source_kind", "source_id", "data")
    data = {"cosine": 0.95, "analyzer": "classical-1"}
    expected = {"kind": FlagKind.LIKELY_SAME_PERSON, "source": ("face_match", match.id), "data": data}
    assert {user for user, *_ in flagged} == {mine.user_id, theirs.user_id}
    assert all(row[1:] == (expected["kind"], *expected["source"], data) for row in flagged)
    assert (Disclosure.objects.count(), published) == (0, [])


def test_somebody_likely_the_same_is_shown_by_no_other_face_either(now):
    mine, other = face(person(), now), person()
    face(other, now, 0.7)
    assert find(mine, now) == 1
    again = face(other, now, 0.95)
    assert find(again, now) == 0
    assert set(FaceMatch.objects.values_list("withheld", flat=True)) == {Withheld.SAME_PERSON}
    assert not Disclosure.objects.live().exists()
    third = face(other, now, 0.6)
    assert find(third, now) == 0
    assert FaceMatch.objects.shown().count() == 0
    assert SafetyFlag.objects.count() == 2


def test_several_faces_of_two_people_keep_their_rows_and_the_best_is_told(now, published):
    mine, other = face(person(), now), person()
    face(other, now, 0.6)
    best = face(other, now, 0.8)
    assert find(mine, now) == 1
    assert FaceMatch.objects.shown().count() == 2
    told = {data["match_id"] for _, _, data in published}
    assert told == {str(FaceMatch.objects.get(similarity_score__gt=0.7).id)}
    published.clear()
    another = face(other, now, 0.85)
    assert find(another, now) == 1
    assert published == []
    assert best.id != another.id


# Who is not found. Each of them is, before.


def _alike(now):
    mine, theirs = face(person(), now), face(person(), now, 0.7)
    return mine, theirs


def _withdrawn(purpose):
    def change(mine, theirs, now):
        Consent.objects.filter(user=theirs.user_id, purpose=purpose).update(revoked_at=now)

    return change


def _user(**columns):
    def change(mine, theirs, now):
        type(theirs.user).objects.filter(id=theirs.user_id).update(**columns)

    return change


def _face(**columns):
    def change(mine, theirs, now):
        Face.objects.filter(id=theirs.id).update(**columns)

    return change


def _block(mine, theirs, now):
    blocks.block(by=theirs.user_id, other=mine.user_id, source=BlockSource.MANUAL, now=now)


def _blocked(mine, theirs, now):
    blocks.block(by=mine.user_id, other=theirs.user_id, source=BlockSource.MANUAL, now=now)


def _matched(mine, theirs, now):
    MatchFactory(first=mine.user, second=theirs.user)


def _connected(mine, theirs, now):
    low, high = sorted((mine.user, theirs.user), key=lambda user: user.id)
    Connection.objects.create(user_low=low, user_high=high, origin=Origin.FACE)


def _suspended(mine, theirs, now):
    _user(suspended_until=now + timedelta(days=1))(mine, theirs, now)


KEPT_APART = {
    "no consent to be analysed": _withdrawn(Purpose.FACE_ANALYSIS),
    "no consent to be compared": _withdrawn(Purpose.FACE_MATCHING),
    "restricted": _user(status=UserStatus.RESTRICTED),
    "leaving": _user(status=UserStatus.DELETION_PENDING),
    "suspended": _suspended,
    "blocks": _block,
    "blocked": _blocked,
    "matched": _matched,
    "connected": _connected,
    "not their own": _face(verdict="rejected"),
    "another analyzer": _face(analyzer="insightface-1"),
    "vectors deleted": _face(embedding=None, status="pending"),
}


@pytest.mark.parametrize("change", KEPT_APART.values(), ids=list(KEPT_APART))
def test_nobody_is_found_whom_something_keeps_from_it(now, change):
    mine, theirs = _alike(now)
    with transaction.atomic():
        assert find(mine, now) == 1
        transaction.set_rollback(True)
    change(mine, theirs, now)
    assert find(mine, now) == 0
    assert not FaceMatch.objects.exists()


@pytest.mark.parametrize(
    "which", ["no consent to be compared", "restricted", "suspended", "not their own", "another analyzer"]
)
def test_whoever_may_not_be_found_finds_nobody(now, which):
    theirs, mine = _alike(now)
    KEPT_APART[which](theirs, mine, now)
    assert find(mine, now) == 0
    assert not FaceMatch.objects.exists()


def test_until_all_is_open_to_the_public_staff_alone_are_found(now, monkeypatch):
    mine, theirs = _alike(now)
    _user(is_staff=False)(mine, theirs, now)
    monkeypatch.setattr(flags, "_seen", flags._seen._replace(values={"connect_public": False}))
    assert [find(made, now) for made in (mine, theirs)] == [0, 0]
    _user(is_staff=True)(mine, theirs, now)
    assert find(mine, now) == 1


def test_one_finds_no_face_of_ones_own(now):
    me = person()
    face(me, now, 0.7)
    assert find(face(me, now), now) == 0


def test_a_face_that_is_gone_finds_nobody(now):
    mine, _ = _alike(now)
    mine.delete()
    assert find(mine, now) == 0


# Wishes and regions.


def _wishing(now, mine=None, theirs=None):
    """Two people alike, with what they wish of each other and what they are."""
    made = []
    for cosine, (wishes, facts) in ((1.0, mine or ({}, {})), (0.7, theirs or ({}, {}))):
        user = person()
        ProfileFactory(user=user, **facts)
        if wishes is not None:
            ConnectProfileFactory(user=user, **wishes)
        made.append(face(user, now, cosine))
    return made[0]


WOMEN, MAN = {"preferred_genders": ["female"]}, {"gender": Gender.MALE}
OLD = {"birth_date": date(1950, 1, 1)}
YOUNG = {"min_age": 18, "max_age": 40}


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ((WOMEN, {}), ({}, {}), 1),
        ((WOMEN, {}), ({}, MAN), 0),
        (({}, MAN), (WOMEN, {}), 0),
        ((WOMEN, {}), ({}, {"gender": ""}), 0),
        ((WOMEN, {}), (None, MAN), 1),
        ((None, MAN), (WOMEN, {}), 1),
        ((YOUNG, {}), ({}, OLD), 0),
        (({}, OLD), (YOUNG, {}), 0),
        ((YOUNG, {}), (YOUNG, {}), 1),
        ((YOUNG, {}), ({}, {"birth_date": None}), 0),
    ],
)
def test_wishes_are_mutual_where_both_have_said_some(now, mine, theirs, found):
    assert find(_wishing(now, mine, theirs), now) == found


BERLIN, POTSDAM, SYDNEY = "861f1d48fffffff", "861f18b37ffffff", "86be0e35fffffff"


@pytest.mark.parametrize(
    ("cells", "found"), [((BERLIN, POTSDAM), 1), ((BERLIN, SYDNEY), 0), ((BERLIN, ""), 0), (("", ""), 0)]
)
def test_where_likeness_is_regional_people_of_one_region_are_compared(now, cells, found):
    draft(regional=True)
    mine, theirs = (({}, {"cell": cell}) for cell in cells)
    made = _wishing(now, mine, theirs)
    assert find(made, now) == found
    Profile.objects.update(cell=BERLIN)
    assert find(made, now) == 1


# The index.


def test_both_ways_to_the_nearest_give_the_same(now):
    draft(shortlist=10)
    mine = face(person(), now)
    alike = [face(person(), now, cosine).id for cosine in (0.8, 0.7, 0.6, 0.5)]
    with transaction.atomic():
        asked = nearest.search(mine, FaceParameters.objects.live().get(), now).asked
        nearest._set_scan()
        ways = [nearest._query(how, asked) for how in (nearest._BY_INDEX, nearest._ONE_BY_ONE)]
    assert [[near.id for near in way] for way in ways] == [alike, alike]


def test_the_number_of_queries_does_not_grow_with_who_is_found(now):
    draft(shortlist=1)
    mine = face(person(), now)
    face(person(), now, 0.8)
    with CaptureQueriesContext(connection) as one:
        find(mine, now)
    draft(1001, shortlist=20)
    for cosine in range(70, 79):
        face(person(), now, cosine / 100)
    with CaptureQueriesContext(connection) as many:
        assert find(mine, now) == 10
    assert len(many) <= len(one) + 1  # the scan gave up and all were looked at


# Forgetting.


def test_a_consent_taken_back_takes_all_that_was_found_with_it(now):
    mine, theirs = _alike(now)
    face(person(), now, 0.6)
    for made in (mine, theirs):
        find(made, now)
    deleted = consents.revoke(user_id=mine.user_id, purpose=Purpose.FACE_MATCHING, now=now)
    assert deleted["face_matches"] == 2
    assert FaceMatch.objects.of(mine.user_id).count() == 0
    assert FaceMatch.objects.count() == 1
    kept = Disclosure.objects.filter(source=DisclosureSource.FACE_MATCH)
    assert mine.user_id not in {user for pair in kept.values_list("viewer", "subject") for user in pair}
    assert len(kept) == 2


def test_forgetting_twice_is_once(now):
    mine, _ = _alike(now)
    find(mine, now)
    assert [searches.forget(user_id=mine.user_id, now=now) for _ in range(2)] == [1, 0]
