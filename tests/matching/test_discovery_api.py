"""Discovery over HTTP: what is answered, what never is, and by how many queries."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.prepared import Prepared
from connect.enums import Tier
from connect.models import User
from matching.enums import Server
from matching.models import Connection, DiscoveryCard, Interest
from matching.models import Server as ServerRow
from matching.services import discovery_gate
from tests.factories import ConsentFactory
from tests.matching.discoverers import PARTNER, card_of, fresh, people, refresh, seeker, settle, shown
from tests.matching.test_candidates import block

pytestmark = pytest.mark.django_db

BATCH, REFRESH = "/api/discovery/partner/batch", "/api/discovery/partner/refresh"
FILTERS = "/api/discovery/partner/filters"
ALL = {
    "min_age": 25,
    "max_age": 40,
    "genders": ["female"],
    "distance": "under_50_km",
    "languages": ["de"],
    "hobbies": ["chess"],
}


@pytest.fixture(autouse=True)
def servers(db):
    """Those of the migration, which tests that empty tables take away."""
    for sort_order, code_ in enumerate(Server, start=1):
        ServerRow.objects.get_or_create(code=code_, defaults={"name": code_.label, "sort_order": sort_order})


@pytest.fixture
def me():
    return seeker()


def post_interest(client, card, **extra):
    return client.post("/api/interests", {"card_id": str(card.id)}, format="json", **extra)


def code(reply):
    return reply.status_code, reply.json()["code"]


def test_a_card_shows_this_and_nothing_else(api, me, now):
    born = date(now.year - 32, 1, 1)
    known = {"name": "Olga Otter", "nickname": "Otter", "bio": "Of the north pier", "birth_date": born}
    seeker("chess", "poetry", **{f"profile__{field}": value for field, value in known.items()})
    settle(now)
    (card,) = api(me).post(REFRESH).json()["cards"]
    assert set(card) == {"id", "position", "status", "city", "age_band", "distance", "hobbies", "prompts"}
    assert (card["position"], card["status"], card["city"]) == (1, "shown", "Berlin")
    assert (card["age_band"], card["distance"]) == ("30-34", "under_10_km")
    assert [(hobby["code"], hobby["shared"]) for hobby in card["hobbies"]] == [("chess", True), ("poetry", False)]
    assert card["hobbies"][0]["description"] == "On Sundays, with too much tea."
    assert len(card["prompts"]) == 1
    assert "Chess" in card["prompts"][0]


def test_nothing_in_any_answer_identifies(api, me, now):
    other = seeker(profile__name="Olga Otter", profile__nickname="Otterish", profile__school="North Pier School")
    settle(now)
    client = api(me)
    said = [client.post(REFRESH), client.get(BATCH), client.get("/api/discovery/servers")]
    card = card_of(me, other)
    said += [
        post_interest(client, card),
        client.get("/api/interests"),
        client.post(f"/api/discovery/cards/{card.id}/pass"),
    ]
    text = " ".join(reply.content.decode() for reply in said)
    secrets = [str(other.id), other.email, "Olga", "Otterish", "North Pier", "1992", "861f1d48"]
    assert [secret for secret in secrets if secret in text] == []


def test_the_words_are_the_readers(api, me, now):
    seeker()
    settle(now)
    client = api(me)
    german = client.post(REFRESH, headers={"Accept-Language": "de"})
    english = client.get(BATCH, headers={"Accept-Language": "en"})
    assert (german["Content-Language"], english["Content-Language"]) == ("de", "en")
    assert german.json()["cards"][0]["prompts"] != english.json()["cards"][0]["prompts"]
    assert [hobby["name"] for hobby in german.json()["cards"][0]["hobbies"]] == ["Schach", "Tee"]


def test_a_refresh_answers_what_the_batch_then_is(api, me, now):
    people(6)
    settle(now)
    client = api(me)
    made = client.post(REFRESH)
    assert made.status_code == 200
    assert client.get(BATCH).json() == made.json()


def test_the_same_key_is_one_refresh(api, me, now):
    people(6)
    settle(now)
    client = api(me)
    first, second = (client.post(REFRESH, key="one") for _ in range(2))
    assert first.json() == second.json()
    assert DiscoveryCard.objects.count() == 5


def test_too_early_says_when(api, me, now):
    client = api(me)
    for _ in range(2):
        assert client.post(REFRESH).status_code == 200
    refused = client.post(REFRESH)
    assert code(refused) == (409, "refresh_too_early")
    (server,) = [each for each in client.get("/api/discovery/servers").json()["servers"] if each["server"] == "partner"]
    at = refused.json()["details"]["available_at"]
    assert server["refreshable_at"] == at.replace("+00:00", "Z")


def test_servers_say_what_there_is_and_what_is_unmet(api, me, now):
    client = api(me)
    assert [(each["server"], each["batch"]) for each in client.get("/api/discovery/servers").json()["servers"]] == [
        ("partner", "none"),
        ("friend", "none"),
        ("growth", "none"),
    ]
    client.post(REFRESH)
    User.objects.filter(id=me.id).update(active_connection_count=1)
    partner, friend, _ = client.get("/api/discovery/servers").json()["servers"]
    assert (partner["batch"], friend["batch"]) == ("exhausted", "none")
    assert partner["unmet"] == friend["unmet"] == ["capacity_full"]


@pytest.mark.parametrize("path", [BATCH, REFRESH])
def test_locked_names_what_is_unmet(api, me, path):
    User.objects.filter(id=me.id).update(active_connection_count=1)
    client = api(me)
    refused = client.get(path) if path == BATCH else client.post(path)
    assert code(refused) == (409, "discovery_locked")
    assert refused.json()["details"] == {"unmet": ["capacity_full"]}


def test_no_batch_yet_and_no_such_server(api, me):
    client = api(me)
    assert code(client.get(BATCH)) == (404, "batch_missing")
    assert client.get("/api/discovery/enemy/batch").status_code == 404


def test_filters_are_kept_whole(api, me):
    seeker("chess")
    client = api(me)
    assert client.get(FILTERS).json() == {
        "min_age": 18, "max_age": 99, "genders": [], "distance": None, "languages": [], "hobbies": []
    }  # fmt: skip
    assert client.put(FILTERS, ALL, format="json").json() == ALL
    assert client.get(FILTERS).json() == ALL
    assert client.get("/api/discovery/friend/filters").json()["genders"] == []


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"min_age": 17}, "min_value"),
        ({"min_age": 41}, "ages_contradict"),
        ({"genders": []}, "genders_missing"),
        ({"hobbies": ["tax_evasion"]}, "hobby_unknown"),
        ({"distance": "farther"}, "invalid_choice"),
        ({"languages": ["xx"]}, "invalid_choice"),
        ({"personality": "calm"}, "unknown_field"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(api, me, changed, refusal):
    seeker("chess")
    client = api(me)
    assert code(client.put(FILTERS, ALL | changed, format="json")) == (400, refusal)
    assert client.get(FILTERS).json()["max_age"] == 99


def test_friends_need_no_gender(api, me):
    assert api(me).put("/api/discovery/friend/filters", ALL | {"genders": []}, format="json").status_code == 200


def test_passing_is_repeatable(api, me, now):
    seeker()
    fresh(me, now)
    card = DiscoveryCard.objects.get()
    client = api(me)
    for _ in range(2):
        assert client.post(f"/api/discovery/cards/{card.id}/pass").json() == {"id": str(card.id), "status": "passed"}
    assert code(post_interest(client, card)) == (409, "card_decided")
    assert not Interest.objects.exists()


def test_an_interest_is_sent_and_waits(api, me, now):
    other = seeker()
    fresh(me, now)
    card = card_of(me, other)
    client = api(me)
    sent = post_interest(client, card)
    assert sent.status_code == 201
    assert sent.json()["connection"] is None
    assert (sent.json()["interest"]["status"], sent.json()["interest"]["card_id"]) == ("pending", str(card.id))
    assert post_interest(client, card).json() == sent.json()
    assert client.get(BATCH).json()["cards"][0]["status"] == "interested"
    assert code(client.post(f"/api/discovery/cards/{card.id}/pass")) == (409, "card_decided")
    client.delete(f"/api/interests/{sent.json()['interest']['id']}")
    assert client.post(f"/api/discovery/cards/{card.id}/pass").json()["status"] == "passed"


def test_a_mutual_interest_answers_with_the_connection(api, me, now):
    other = seeker()
    fresh(me, now), fresh(other, now)
    waiting = post_interest(api(other), card_of(other, me))
    card = card_of(me, other)
    made = post_interest(api(me), card)
    connection_ = Connection.objects.get()
    assert waiting.json()["connection"] is None
    assert made.json()["interest"]["status"] == "mutual"
    assert made.json()["connection"] == {"id": str(connection_.id), "server": "partner"}
    assert post_interest(api(me), card).json() == made.json()


def test_interest_needs_the_gate(api, me, now):
    other = seeker()
    fresh(me, now)
    User.objects.filter(id=me.id).update(active_connection_count=1)
    assert code(post_interest(api(me), card_of(me, other))) == (409, "discovery_locked")
    User.objects.filter(id=me.id).update(active_connection_count=0)
    assert post_interest(api(me), card_of(me, other)).status_code == 201


@pytest.mark.parametrize("why", ["foreign", "replaced", "blocked", "full"])
def test_a_card_that_is_not_there_is_missing(api, me, now, why):
    other = seeker()
    fresh(me, now)
    card = card_of(me, other)
    client = api(seeker() if why == "foreign" else me)
    if why == "replaced":
        refresh(me, now)
    if why == "blocked":
        block(other, me, now)
    if why == "full":
        User.objects.filter(id=other.id).update(active_connection_count=1)
    assert code(post_interest(client, card)) == (404, "not_found")
    assert not Interest.objects.exists()


def gone(other, how, now):
    if how == "block":
        block(other, other_viewer(other), now)
    elif how == "capacity":
        User.objects.filter(id=other.id).update(active_connection_count=1)
    elif how == "consent":
        other.consents.update(revoked_at=now)
    elif how == "erased":
        User.objects.filter(id=other.id).update(status="deletion_pending")


def other_viewer(other):
    return DiscoveryCard.objects.get(subject=other).owner


@pytest.mark.parametrize("how", ["block", "capacity", "consent", "erased", "nothing"])
def test_whoever_becomes_invisible_is_gone_at_once_by_the_same_queries(api, me, now, how):
    """And nobody takes their place before the next refresh."""
    others = people(6)
    settle(now)
    batch = refresh(me, now)
    subject = User.objects.get(id=shown(batch)[1])
    client = api(me)
    with CaptureQueriesContext(connection) as before:
        client.get(BATCH)
    gone(subject, how, now)
    with CaptureQueriesContext(connection) as after:
        reply = client.get(BATCH).json()
    assert [card["position"] for card in reply["cards"]] == ([1, 2, 3, 4, 5] if how == "nothing" else [1, 3, 4, 5])
    assert not reply["exhausted"]
    assert len(after) == len(before)
    assert len(others) == 6


def test_the_number_of_queries_does_not_grow(api, me, now):
    def counted(path, method="get"):
        client = api(me)
        getattr(client, method)(path)
        User.objects.filter(id=me.id).update(last_global_refresh_at=None)
        with CaptureQueriesContext(connection) as captured:
            assert getattr(client, method)(path).status_code == 200
        return len(captured)

    people(10)
    settle(now)
    few = [counted(REFRESH, "post"), counted(BATCH), counted("/api/discovery/servers")]
    people(10)
    settle(now)
    assert [counted(REFRESH, "post"), counted(BATCH), counted("/api/discovery/servers")] == few
    assert few[1] <= 13


def test_the_gate_of_a_batch_is_compiled_once():
    assert {type(gate) for gate in discovery_gate._PASSING.values()} == {Prepared}


def test_taking_the_consent_back_over_http_says_how_many_cards(api, now):
    me, other = seeker(tier=Tier.PLUS), seeker()
    fresh(me, now), fresh(other, now, PARTNER)
    ConsentFactory(user=me, purpose="astrology")
    given = {"purpose": "matching", "version": "v1", "granted": False}
    said = json.loads(api(me).post("/api/consents", given, format="json").content)
    assert said["deleted"]["cards"] == 2
