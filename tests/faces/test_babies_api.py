"""Pictures out of two faces over HTTP: asked for, listed, fetched by their link, and to everybody else not there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import clock
from config.db import new_id
from connect.enums import Purpose
from connect.models import Consent
from connect.services import consents
from faces.models import Baby, PaintingDay
from faces.services import babies
from matching.services import connections
from safety.enums import BlockSource
from safety.services import blocks
from tests.faces.couples import likeness
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture
def match(now):
    return likeness(now)


def ask(client, match, **extra):
    return client.post("/api/baby", {"match_id": str(match.id)}, **extra)


def listed(client, match, **query):
    return client.get("/api/baby", {"match_id": str(match.id)} | query)


def paint():
    assert babies.paint_due(now=clock.now())


def failed(match, now):
    """One that came to nothing, which needs no file."""
    row = Baby.objects.create(match=match, generated_by=match.user_a, painter="morph", due_at=now)
    for status in ("processing", "failed"):
        Baby.objects.filter(id=row.id).update(status=status)
    return row


def test_asking_is_answered_with_what_waits(match, api):
    reply = ask(api(match.user_a), match)
    said = reply.json()
    assert reply.status_code == 202
    assert {name: said[name] for name in said if name not in ("id", "created_at")} == {
        "match_id": str(match.id),
        "status": "pending",
        "painter": "morph",
        "asked_by_you": True,
        "picture": None,
        "completed_at": None,
    }


def test_who_asks_too_is_answered_with_the_same(match, api):
    first, second = ask(api(match.user_a), match), ask(api(match.user_b), match)
    assert (second.status_code, second.json()["id"]) == (202, first.json()["id"])
    assert second.json()["asked_by_you"] is False


def test_a_key_makes_it_safe_to_repeat(match, api, now):
    client = api(match.user_a)
    first = ask(client, match, key="key-1")
    paint()
    assert ask(client, match, key="key-1").json() == first.json()
    assert PaintingDay.objects.get().asked == 1


def test_once_painted_both_see_it_by_a_link_of_their_own(match, api, now):
    ask(api(match.user_a), match)
    paint()
    for person in (match.user_a, match.user_b):
        (shown,) = listed(api(person), match).json()["results"]
        file = api().get(shown["picture"]["link"])
        assert (shown["status"], shown["picture"]["width"]) == ("completed", 512)
        assert (file.status_code, file["Content-Type"], file["Cache-Control"]) == (200, "image/jpeg", "no-store")
        assert b"".join(file.streaming_content)[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "change",
    [
        lambda match, now: blocks.block(by=match.user_b.id, other=match.user_a.id, source=BlockSource.MANUAL, now=now),
        lambda match, now: consents.revoke(user_id=match.user_b_id, purpose=Purpose.BABY_IMAGES, now=now),
        lambda match, now: connections.end_between(
            first=match.user_a_id, second=match.user_b_id, by=None, reason="conversation_ended", now=now
        ),
    ],
    ids=["blocked", "revoked", "parted"],
)
def test_a_link_shows_nothing_any_more_when_the_other_wants_it_no_more(match, api, now, change):
    ask(api(match.user_a), match)
    paint()
    (shown,) = listed(api(match.user_a), match).json()["results"]
    change(match, now)
    assert api().get(shown["picture"]["link"]).status_code == 404


def test_the_newest_comes_first_page_by_page(match, api, now):
    rows = [failed(match, now) for _ in range(3)]
    client = api(match.user_b)
    page = listed(client, match, limit=2).json()
    rest = client.get(page["next"]).json()
    told = [shown["id"] for shown in page["results"] + rest["results"]]
    assert (told, rest["next"]) == ([str(row.id) for row in reversed(rows)], None)


def test_a_list_takes_the_same_queries_however_long_it_is(match, api, now):
    client = api(match.user_a)
    counts = []
    for _ in range(2):
        failed(match, now)
        with CaptureQueriesContext(connection) as queries:
            assert listed(client, match).status_code == 200
        counts.append(len(queries))
    assert counts == [11, 11]


@pytest.mark.parametrize("call", [ask, listed])
def test_missing_blocked_and_not_yours_are_the_same(match, api, now, call):
    """In what is said and in how often the database is asked."""
    blocked = likeness(now)
    blocks.block(by=blocked.user_b_id, other=blocked.user_a_id, source=BlockSource.MANUAL, now=now)
    me = blocked.user_a
    client = api(me)
    said = []
    for asked in (blocked, match, type(match)(id=new_id())):
        with CaptureQueriesContext(connection) as queries:
            reply = call(client, asked)
        body = reply.json()
        said.append((reply.status_code, body["code"], body["message"], len(queries)))
    assert said[0][:2] == (404, "not_found")
    assert len(set(said)) == 1


def test_ones_own_missing_consent_is_named(match, api, now):
    Consent.objects.filter(user=match.user_a, purpose="baby_images").update(revoked_at=now)
    reply = ask(api(match.user_a), match)
    assert (reply.status_code, reply.json()["code"], reply.json()["details"]) == (
        403,
        "consent_missing",
        {"purpose": "baby_images"},
    )


def test_the_others_missing_consent_is_not(match, api, now):
    Consent.objects.filter(user=match.user_b, purpose="baby_images").update(revoked_at=now)
    reply = ask(api(match.user_a), match)
    assert (reply.status_code, reply.json()["code"], reply.json()["details"]) == (409, "baby_not_possible", {})


def test_after_so_many_a_day_and_after_the_budget_it_says_which(match, api, now, settings):
    settings.BABIES_A_DAY = 0
    reply = ask(api(match.user_a), match)
    assert (reply.status_code, reply.json()["code"]) == (409, "babies_a_day")
    settings.BABIES_A_DAY, settings.BABY_PAINTER, settings.FAL_BUDGET = 1, "fal", 0
    reply = ask(api(match.user_a), match)
    assert (reply.status_code, reply.json()["code"]) == (409, "babies_budget_spent")
    assert not Baby.objects.exists()


def test_without_redis_nobody_spends_money(match, api, redis_gone):
    assert ask(api(match.user_a), match).status_code == 503


def test_revoking_says_how_many_went(match, api, now):
    ask(api(match.user_a), match)
    paint()
    sent = {"purpose": "baby_images", "granted": False, "version": "v1"}
    assert api(match.user_b).post("/api/consents", sent).json()["deleted"] == {"babies": 1}
    assert listed(api(match.user_a), match).json()["results"] == []


def test_a_face_of_another_match_is_nobodys_business(match, api, now):
    """Two people may be alike in several pictures: each match has its own."""
    other = likeness(now, match.user_a, match.user_b, agreed=False, seed=7)
    ask(api(match.user_a), match)
    assert listed(api(match.user_a), other).json()["results"] == []
    assert ask(api(match.user_b), other).status_code == 202


def test_what_is_no_id_is_refused(api):
    client = api(UserFactory())
    assert client.post("/api/baby", {"match_id": "mine"}).status_code == 400
    assert client.get("/api/baby").status_code == 400
