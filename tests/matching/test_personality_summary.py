"""What one of two connected people may read of the other's personality, and that matching reads nothing of it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from connect.enums import DisclosureLevel, DisclosureSource, Purpose
from connect.models import ConnectProfile, Disclosure, Profile
from connect.personality import SHIPPED
from connect.services import consents, disclosures, personality
from matching.enums import ConnectionStatus
from matching.models import Connection, PoolEntry
from matching.services import connections
from safety.enums import BlockSource
from safety.services import blocks
from tests.factories import UserFactory
from tests.matching.builders import found_each_other, loaded, person

pytestmark = pytest.mark.django_db

# Whatever it is that is missing.
REFUSED_QUERIES = 18
ANSWERS = {question["key"]: 1 if question["reversed"] else 5 for question in SHIPPED["questions"]}


@pytest.fixture(autouse=True)
def questions(db):
    import_module("connect.migrations.0014_personality_questions").add_questions(apps, None)


@pytest.fixture
def reader():
    return UserFactory(person=True)


@pytest.fixture
def partner(now):
    user = UserFactory(person=True)
    tell_all(user, now)
    return user


def tell_all(user, now):
    consents.grant(user_id=user.id, purpose=Purpose.PERSONALITY, version="v1", now=now)
    personality.answer(user_id=user.id, answers=ANSWERS)


@pytest.fixture
def connection(reader, partner, now):
    pair = {"first": reader.id, "second": partner.id}
    made = found_each_other(reader.id, partner.id, now)
    source = {"source": DisclosureSource.MILESTONE, "source_id": made.id}
    disclosures.grant_mutual(**pair, level=DisclosureLevel.IDENTITY, **source, now=now)
    return made


def ask(api, user, connection, **headers):
    return api(user).get(f"/api/connections/{connection.id}/personality_summary", **headers)


@pytest.mark.parametrize("language, word", [("en", "guess"), ("de", "Vermutung")])
def test_a_partner_reads_a_summary_in_their_language(api, reader, connection, language, word):
    reply = ask(api, reader, connection, HTTP_ACCEPT_LANGUAGE=language)
    assert (reply.status_code, set(reply.json()), word in reply.json()["summary"]) == (200, {"summary"}, True)
    assert (reply.headers["Content-Language"], reply.headers["Cache-Control"]) == (language, "no-store")


def test_without_a_header_it_is_the_language_the_reader_speaks(api, reader, connection):
    Profile.objects.filter(user=reader).update(languages=["de"])
    assert ask(api, reader, connection).headers["Content-Language"] == "de"


def test_an_archived_connection_stands_still(api, reader, connection):
    Connection.objects.update(status=ConnectionStatus.ARCHIVED)
    assert ask(api, reader, connection).status_code == 200


def test_nobody_reads_their_own(api, partner, connection):
    """The reader answered nothing: whatever the partner is told is about the reader, and there is nothing."""
    assert ask(api, partner, connection).status_code == 404


def test_the_summary_is_the_others_alone(api, reader, partner, connection, now):
    tell_all(reader, now)
    personality.answer(user_id=reader.id, answers={key: 6 - answer for key, answer in ANSWERS.items()})
    of_reader = personality.summary_of(user_id=reader.id, language="en")
    assert ask(api, partner, connection, HTTP_ACCEPT_LANGUAGE="en").json()["summary"] == of_reader
    assert ask(api, reader, connection, HTTP_ACCEPT_LANGUAGE="en").json()["summary"] != of_reader


def revoke_consent(reader, partner, now):
    consents.revoke(user_id=partner.id, purpose=Purpose.PERSONALITY, now=now)


def lower_to_card(reader, partner, now):
    Disclosure.objects.update(level=DisclosureLevel.CARD)


def hide_again(reader, partner, now):
    disclosures.revoke_between(first=reader.id, second=partner.id, now=now)


def end(reader, partner, now):
    pair = {"first": reader.id, "second": partner.id}
    connections.end_between(**pair, by=partner.id, reason="over", now=now)


def block(reader, partner, now):
    blocks.block(by=partner.id, other=reader.id, source=BlockSource.MANUAL, now=now)


def answer_too_little(reader, partner, now):
    personality.answer(user_id=partner.id, answers={**dict.fromkeys(ANSWERS), "relaxed": 4})


@pytest.mark.parametrize(
    "change", [revoke_consent, lower_to_card, hide_again, end, block, answer_too_little], ids=lambda f: f.__name__
)
def test_whatever_is_missing_there_is_nothing_to_read(api, reader, partner, connection, now, change):
    change(reader, partner, now)
    reply = ask(api, reader, connection)
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_a_stranger_finds_no_connection(api, connection):
    assert ask(api, UserFactory(person=True), connection).status_code == 404


@pytest.mark.parametrize("change", [revoke_consent, answer_too_little], ids=lambda f: f.__name__)
def test_why_there_is_nothing_cannot_be_told_by_the_work(
    api, reader, partner, connection, now, django_assert_num_queries, change
):
    client, path = api(reader), f"/api/connections/{connection.id}/personality_summary"
    client.get(path)
    change(reader, partner, now)
    with django_assert_num_queries(REFUSED_QUERIES):
        client.get(path)


def test_answers_change_no_vector_and_no_entry_of_the_pool(now):
    user = person(now)
    loaded(now)
    before = of_matching(user)
    tell_all(user, timezone.now())
    loaded(timezone.now())
    assert of_matching(user) == before


def of_matching(user):
    """What matching knows of a person, as text; when it was made does not matter."""
    entry = PoolEntry.objects.filter(user=user).values().get()
    profile = ConnectProfile.objects.filter(user=user).values().get()
    return {key: str(value) for key, value in {**entry, **profile}.items() if not key.endswith("_at")}
