"""What apps tell of their use: a batch whole or not at all, with consent alone, and never twice."""

from contextlib import nullcontext
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.utils import timezone
from rest_framework import serializers

from config.errors import ConsentMissing
from connect.enums import Purpose
from connect.events import EVENTS
from connect.models import AnalyticsEvent
from connect.services import analytics, consents
from connect.services.analytics import Told
from safety.services import retention
from tests.connect.overlap import overlap
from tests.factories import ConsentFactory, UserFactory

PATH = "/api/events"


@pytest.fixture
def willing(db):
    user = UserFactory()
    ConsentFactory(user=user, purpose=Purpose.ANALYTICS)
    return user


def event(name="screen_viewed", properties=None, **fields):
    told = {"id": str(uuid4()), "name": name, "occurred_at": timezone.now().isoformat()}
    return told | {"properties": {"screen": "home"} if properties is None else properties, **fields}


def send(client, *events, **fields):
    return client.post(PATH, {"events": list(events), **fields})


def kept(user):
    return AnalyticsEvent.objects.filter(user=user)


def test_a_batch_is_kept(api, willing):
    visit = str(uuid4())
    reply = send(api(willing), event(session_id=visit), event("app_opened", {"platform": "web"}))
    assert reply.json() == {"stored": 2, "repeated": 0}
    (first, second) = kept(willing).order_by("id")
    assert (first.event_name, first.properties, str(first.session_id)) == ("screen_viewed", {"screen": "home"}, visit)
    assert second.properties == {"platform": "web"}


def test_sent_again_none_is_kept_twice(api, willing):
    one, client = event(), api(willing)
    send(client, one)
    assert send(client, one, event(), one).json() == {"stored": 1, "repeated": 2}
    assert kept(willing).count() == 2


def test_the_same_id_of_another_person_is_another_event(api, willing):
    other, one = UserFactory(), event()
    ConsentFactory(user=other, purpose=Purpose.ANALYTICS)
    assert [send(api(user), one).json()["stored"] for user in (willing, other)] == [1, 1]


def test_without_consent_nothing_is_kept(api, willing):
    stranger = UserFactory()
    reply = send(api(stranger), event())
    assert (reply.status_code, reply.json()["code"], kept(stranger).count()) == (403, "consent_missing", 0)


@pytest.mark.parametrize(
    "wrong, where, code",
    [
        ({"name": "unheard_of"}, "name", "invalid_choice"),
        ({"properties": {"screen": "home", "note": "x"}}, "properties.note", "unknown_field"),
        ({"properties": {"screen": "Anna's profile"}}, "properties.screen", "invalid_choice"),
        ({"properties": {"screen": "home", "seconds": "many"}}, "properties.seconds", "wrong_type"),
        ({"properties": {}}, "properties.screen", "invalid"),
        ({"id": "x"}, "id", "invalid"),
        ({"user_id": str(uuid4())}, "user_id", "unknown_field"),
    ],
    ids=["name", "property", "text", "type", "missing", "id", "field"],
)
def test_what_is_not_declared_refuses_the_batch_and_says_where(api, willing, wrong, where, code):
    reply = send(api(willing), event(), event() | wrong)
    assert (reply.status_code, reply.json()["code"], kept(willing).count()) == (400, code, 0)
    assert list(reply.json()["details"]) == [f"events.1.{where}"]


@pytest.mark.parametrize(
    "ago, taken",
    [
        (configured.ANALYTICS_OLDEST - timedelta(minutes=1), True),
        (configured.ANALYTICS_OLDEST + timedelta(minutes=1), False),
        (timedelta(minutes=1) - configured.ANALYTICS_AHEAD, True),
        (-timedelta(minutes=1) - configured.ANALYTICS_AHEAD, False),
    ],
)
def test_a_moment_has_bounds(api, willing, ago, taken):
    reply = send(api(willing), event(), event(occurred_at=(timezone.now() - ago).isoformat()))
    refusal = (400, "occurred_out_of_bounds", {"positions": [1]})
    told = (reply.status_code, reply.json().get("code"), reply.json().get("details"))
    assert (told, kept(willing).count()) == (((200, None, None), 2) if taken else (refusal, 0))


@pytest.mark.parametrize("size, status", [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_a_batch_has_a_size(api, willing, size, status):
    reply = send(api(willing), *(event() for _ in range(size)))
    assert (reply.status_code, kept(willing).count()) == (status, size if status == 200 else 0)


@pytest.mark.parametrize("name", EVENTS)
def test_no_event_has_room_for_text_or_for_anybodys_id(name):
    plain = (serializers.BooleanField, serializers.IntegerField, serializers.ChoiceField)
    assert all(isinstance(field, plain) for field in EVENTS[name]().fields.values())


def test_taking_the_consent_back_deletes_what_was_told(api, willing):
    client, other = api(willing), UserFactory()
    ConsentFactory(user=other, purpose=Purpose.ANALYTICS)
    send(client, event(), event()), send(api(other), event())
    answer = client.post("/api/consents", {"purpose": "analytics", "version": "v1", "granted": False}).json()
    assert (answer["deleted"], kept(willing).count(), kept(other).count()) == ({"analytics_events": 2}, 0, 1)


def test_nothing_is_kept_longer_than_180_days(api, willing):
    send(api(willing), event())
    retention.apply(now=timezone.now() + timedelta(days=179))
    assert kept(willing).count() == 1
    retention.apply(now=timezone.now() + timedelta(days=181))
    assert kept(willing).count() == 0


@pytest.mark.parametrize("revoked_first", [False, True])
@pytest.mark.django_db(transaction=True)
def test_whichever_comes_first_nothing_outlives_the_consent(now, revoked_first):
    user = UserFactory()
    ConsentFactory(user=user, purpose=Purpose.ANALYTICS)
    told = [Told(uuid4(), "screen_viewed", {"screen": "home"}, now)]

    def record():
        with pytest.raises(ConsentMissing) if revoked_first else nullcontext():
            analytics.record(by=user.id, events=told, now=now)

    def revoke():
        consents.revoke(user_id=user.id, purpose=Purpose.ANALYTICS, now=now)

    overlap(*((revoke, record) if revoked_first else (record, revoke)))
    assert kept(user).count() == 0
