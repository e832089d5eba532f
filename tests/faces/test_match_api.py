"""GET /api/matches/top and /api/matches/{id}: one's own likenesses, and of the other their face alone."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connect.models import User
from faces.models import FaceMatch
from faces.services import reactions
from matching.services import connections
from safety.enums import BlockSource
from safety.services import blocks
from tests.config.contract import violations
from tests.faces.likers import alike, couple, like, member

pytestmark = pytest.mark.django_db

TOP = "/api/matches/top"
FACTORS = {"embedding": 0.713, "geometry": None, "age": 0.48, "symmetry": 1.0, "skin_tone": 0.0, "expression": 0.99}


def shown(api, user, **asked):
    return api(user).get(TOP, asked).json()["results"]


def ids(api, user, **asked):
    return [match["id"] for match in shown(api, user, **asked)]


def seen(user, match, now):
    reactions.react(match_id=match.id, by=user.id, kind="viewed", now=now)


def test_one_is_shown_the_others_face_and_nothing_else_of_them(api, now):
    mine, theirs, match = couple(now)
    reply = api(mine).get(TOP)
    assert violations("get", TOP, reply) == []
    (found,) = reply.json()["results"]
    face = match.face_b if match.user_a_id == mine.id else match.face_a
    assert found["face"].pop("link").startswith(f"/api/faces/{face.id}/file?signature=")
    assert found == {
        "id": str(match.id),
        "percentile": 90,
        "own_face_id": str(match.face_of(mine.id)),
        "face": {"width": 800, "height": 1000},
        "liked": False,
        "viewed": False,
        "mutual": False,
        "connection_id": None,
        "created_at": found["created_at"],
    }
    assert str(theirs.id) not in json.dumps(reply.json())
    assert theirs.profile.nickname not in reply.content.decode()


def test_a_match_tells_in_what_two_are_alike_in_steps(api, now):
    mine, theirs = member(), member()
    match = alike(mine, theirs, now, factors=FACTORS, total=0.876)
    reply = api(mine).get(f"/api/matches/{match.id}")
    assert violations("get", "/api/matches/{match_id}", reply) == []
    found = reply.json()
    assert found["factors"] == {
        "embedding": 70, "geometry": None, "age": 50, "symmetry": 100, "skin_tone": 0, "expression": 100,
    }  # fmt: skip
    assert (found["total"], found["analyzer"], found["version"]) == (90, "classical-1", "faces-1.1")


def test_too_few_people_to_say_is_null(api, now):
    mine, theirs = member(), member()
    alike(mine, theirs, now, percentile=None)
    assert shown(api, mine)[0]["percentile"] is None


def test_the_best_comes_first_and_pages_go_on_where_they_ended(api, now):
    me = member()
    made = {total: str(alike(me, member(), now, total=total).id) for total in (0.6, 0.9, 0.7, 0.8)}
    first = api(me).get(TOP, {"limit": 3}).json()
    second = api(me).get(first["next"]).json()
    found = [match["id"] for page in (first, second) for match in page["results"]]
    assert found == [made[total] for total in (0.9, 0.8, 0.7, 0.6)]
    assert second["next"] is None


def test_of_equal_ones_none_is_shown_twice_or_left_out(api, now):
    me = member()
    made = {str(alike(me, member(), now).id) for _ in range(3)}
    first = api(me).get(TOP, {"limit": 2}).json()
    second = api(me).get(first["next"]).json()
    assert {match["id"] for page in (first, second) for match in page["results"]} == made
    assert len(second["results"]) == 1


def test_of_several_of_one_person_the_best_alone_is_listed_and_each_is_read(api, now):
    me, other = member(), member()
    lesser, best = (alike(me, other, now, total=total) for total in (0.6, 0.8))
    alike(me, other, now, total=0.9, withheld="quality")
    assert ids(api, me) == [str(best.id)]
    assert api(me).get(f"/api/matches/{lesser.id}").status_code == 200


def test_what_one_has_seen_is_told_from_what_is_new(api, now):
    me = member()
    old, new = (alike(me, member(), now) for _ in range(2))
    seen(me, old, now)
    assert (ids(api, me, viewed="true"), ids(api, me, viewed="false")) == ([str(old.id)], [str(new.id)])
    assert shown(api, me, viewed="true")[0]["viewed"] is True
    assert api(me).get(TOP, {"viewed": "perhaps"}).status_code == 400


# What the other feels.


def test_a_like_shows_to_whoever_gave_it_alone(api, now):
    mine, theirs, match = couple(now)
    like(mine, match, now)
    seen(mine, match, now)
    (own,), (others,) = shown(api, mine), shown(api, theirs)
    assert (own["liked"], own["viewed"], own["mutual"]) == (True, True, False)
    assert (others["liked"], others["viewed"], others["mutual"]) == (False, False, False)


def test_when_both_like_each_other_both_are_told(api, now):
    mine, theirs, match = couple(now)
    like(mine, match, now)
    formed = like(theirs, match, now)
    for user in (mine, theirs):
        (found,) = shown(api, user)
        assert (found["mutual"], found["connection_id"]) == (True, str(formed.id))


def test_the_queries_are_the_same_whatever_the_other_feels(api, now):
    mine, theirs, match = couple(now)
    client, path = api(mine), f"/api/matches/{match.id}"
    counts = [_queries(client, path)]
    like(theirs, match, now)
    assert counts * 2 == [*counts, _queries(client, path)]


def test_the_number_of_queries_is_that_of_one_match_for_many(api, now):
    me = member()
    alike(me, member(), now)
    client = api(me)
    one = _queries(client, TOP)
    for _ in range(4):
        alike(me, member(), now)
    assert _queries(client, TOP) == one
    assert len(client.get(TOP).json()["results"]) == 5


def _queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# What is not shown.


def _blocked(mine, theirs, match, now):
    blocks.block(by=theirs.id, other=mine.id, source=BlockSource.MANUAL, now=now)


def _leaving(mine, theirs, match, now):
    User.objects.filter(id=theirs.id).update(status="deletion_pending")


def _withheld(mine, theirs, match, now):
    FaceMatch.objects.update(withheld="same_person")


def _parted(mine, theirs, match, now):
    like(mine, match, now)
    formed = like(theirs, match, now)
    connections.terminate(connection_id=formed.id, by=theirs.id, now=now)


@pytest.mark.parametrize("change", [_blocked, _leaving, _withheld, _parted])
def test_what_keeps_two_apart_hides_their_match(api, now, change):
    mine, theirs, match = couple(now)
    assert ids(api, mine) == [str(match.id)]
    change(mine, theirs, match, now)
    assert ids(api, mine) == []
    assert api(mine).get(f"/api/matches/{match.id}").status_code == 404


def test_others_matches_are_not_there(api, now):
    _, _, match = couple(now)
    stranger = member()
    assert ids(api, stranger) == []
    assert api(stranger).get(f"/api/matches/{match.id}").status_code == 404
