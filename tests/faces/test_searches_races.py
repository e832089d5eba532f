"""Searches beside other transactions: what is taken back while the index is asked is not found."""

import threading

import pytest
from django.db import connection, transaction

from connect.enums import Purpose
from connect.models import Disclosure
from connect.services import consents
from faces.models import Face, FaceMatch
from faces.services import nearest, searches
from safety.enums import BlockSource
from safety.services import blocks
from tests.connect.overlap import overlap
from tests.faces.alike import chosen, face, person
from tests.matching.test_interests_races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def analyzer(monkeypatch):
    chosen(monkeypatch)


@pytest.fixture
def alike(now):
    return face(person(), now), face(person(), now, 0.7)


def finding(made, now):
    return lambda: searches.find(face_id=made.id, now=now)


def revoking(made, now, purpose=Purpose.FACE_MATCHING):
    return lambda: consents.revoke(user_id=made.user_id, purpose=purpose, now=now)


def blocking(mine, theirs, now):
    return lambda: blocks.block(by=theirs.user_id, other=mine.user_id, source=BlockSource.MANUAL, now=now)


def left():
    return FaceMatch.objects.count(), Disclosure.objects.live().count()


@pytest.mark.parametrize("purpose", [Purpose.FACE_MATCHING, Purpose.FACE_ANALYSIS])
def test_a_consent_taken_back_while_its_face_is_found_leaves_nothing(alike, now, purpose):
    mine, theirs = alike
    overlap(finding(mine, now), revoking(theirs, now, purpose))
    assert left() == (0, 0)


def test_a_face_is_not_found_whose_consent_is_being_taken_back(alike, now):
    mine, theirs = alike
    overlap(revoking(theirs, now), finding(mine, now))
    assert left() == (0, 0)


def test_two_are_not_shown_to_each_other_of_whom_one_blocks_the_other_meanwhile(alike, now):
    mine, theirs = alike
    overlap(blocking(mine, theirs, now), finding(mine, now))
    assert left() == (0, 0)


def test_two_who_find_each_other_at_once_are_one_match_and_are_told_once(alike, now, monkeypatch):
    told = []
    monkeypatch.setattr("faces.services.findings.publish_each", told.extend)
    race([finding(made, now) for made in alike for _ in range(4)])
    assert left() == (1, 2)
    assert len(told) == 2


def test_what_goes_while_the_index_is_asked_is_not_returned(alike, now, monkeypatch):
    mine, theirs = alike
    asked = nearest.Search.shortlist

    def shortlist(search):
        found = asked(search)
        assert [near.id for near in found] == [theirs.id]
        elsewhere(revoking(theirs, now, Purpose.FACE_ANALYSIS))
        return found

    monkeypatch.setattr(nearest.Search, "shortlist", shortlist)
    assert finding(mine, now)() == 0
    assert left() == (0, 0)


def test_vectors_whose_consent_was_taken_back_are_never_returned_by_the_index(alike, now):
    """Neither to the search nor to a bare scan, whose dead entries stay in the index until a vacuum."""
    mine, theirs = alike
    with connection.cursor() as cursor:  # Tests before left the same vectors many times over, which hide others.
        cursor.execute("REINDEX INDEX faces_embedding_hnsw_idx")
    others = [face(person(), now, 0.5).id for _ in range(3)]
    with transaction.atomic():
        assert by_index(mine) == {mine.id, theirs.id, *others}
    elsewhere(revoking(theirs, now, Purpose.FACE_ANALYSIS))
    with transaction.atomic():
        assert theirs.id not in by_index(mine)
        assert len(by_index(mine)) == 4
    assert not Face.objects.filter(id=theirs.id, embedding__isnull=False).exists()


def by_index(made):
    nearest._set_scan()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        statement = f"SELECT id FROM faces_face face ORDER BY {nearest._FROM_THE_FACE}"
        cursor.execute(f"EXPLAIN {statement}", {"face": made.id})
        assert any("faces_embedding_hnsw_idx" in line for (line,) in cursor.fetchall())
        cursor.execute(statement, {"face": made.id})
        return {id for (id,) in cursor.fetchall()}


def elsewhere(work):
    """In a transaction of another connection, committed."""

    def run():
        try:
            with transaction.atomic():
                work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
