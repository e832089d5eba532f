"""Web push over real HTTP: a stand-in for a push service opens what it got, and looks at who signed it."""

import asyncio
import json
import os
import socket
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from config.errors import Invalid
from connect import push
from connect.enums import NotificationType
from connect.models import DeviceSession, Notification, Profile, PushDelivery, PushDevice
from connect.services import notifications, pushes
from connect.services.notifications import Note
from tests.connect.provider import standing_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TITLE, MESSAGE = "Blue Heron wrote", "Blue Heron would like to see you."


def written(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def read(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """What only the browser knows, and what it gives away."""

    def __init__(self, origin, name="one"):
        self.private, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": written(point), "auth": written(self.auth)}
        self.subscription = {"endpoint": f"{origin}/push/{name}", "expirationTime": None, "keys": keys}

    def opened(self, asked):
        raw = http_ece.decrypt(asked.body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return json.loads(raw)


@pytest.fixture
def service(settings):
    with standing_in() as stand_in:
        stand_in.status = 201
        settings.PUSH_TRUSTED_ORIGINS = [stand_in.url]
        settings.PUSH_ENABLED, settings.VAPID_SUBJECT = True, "mailto:push@maitribe.example"
        settings.VAPID_PRIVATE_KEY = written(os.urandom(32))
        yield stand_in


@pytest.fixture
def browser(service):
    return Browser(service.url)


@pytest.fixture
def user():
    return UserFactory(person=True)


@pytest.fixture
def device(api, user, browser):
    return register(api(user), browser)


def register(client, browser):
    reply = client.post("/api/push_devices", browser.subscription)
    assert reply.status_code == 201, reply.content
    return PushDevice.objects.get(id=reply.json()["id"])


def tell(user, kind=NotificationType.NEW_MESSAGE):
    notifications.send([Note(user.id, kind, TITLE, MESSAGE)])
    return Notification.objects.filter(user=user).order_by("id").last()


def deliver(now=None):
    now = now or timezone.now()
    pushes.spread(now=now)
    return pushes.send_due(now=now)


def later(**kwargs):
    return timezone.now() + timedelta(**kwargs)


# What arrives.


def test_what_a_person_is_told_arrives_encrypted_for_their_browser(service, browser, device, user):
    told = tell(user)
    deliver()
    (asked,) = service.asked
    assert (asked.method, asked.path, asked.headers["Content-Encoding"]) == ("POST", "/push/one", "aes128gcm")
    assert browser.opened(asked) == {"id": str(told.id), "text": "You have a new message."}


def test_it_says_how_long_it_is_of_use_and_what_it_replaces(service, device, user):
    told = tell(user)
    deliver()
    headers = service.asked[0].headers
    assert (headers["TTL"], headers["Topic"]) == ("86400", told.id.hex)


def test_it_is_signed_with_the_key_that_is_public(service, device, user, api):
    tell(user)
    deliver()
    scheme, _, given = service.asked[0].headers["Authorization"].partition(" ")
    parts = dict(part.split("=", 1) for part in given.split(","))
    assert (scheme, parts["k"]) == ("vapid", api().get("/api/settings").json()["vapid_public_key"])
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), read(parts["k"]))
    claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=service.url)
    assert claims["sub"] == "mailto:push@maitribe.example"
    assert timezone.now().timestamp() < claims["exp"] < later(hours=24).timestamp()


@pytest.mark.parametrize("kind", NotificationType)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_locked_screen_shows_a_text_of_ours_alone(service, browser, device, user, kind, language):
    Profile.objects.filter(user=user).update(languages=[language])
    tell(user, kind)
    deliver()
    text = browser.opened(service.asked[0])["text"]
    assert text in push.TEXTS[language].values()
    assert not {*TITLE.split(), *MESSAGE.split()} & {"Blue", "Heron"} & set(text.split())


def test_the_languages_say_the_same_kinds():
    assert set(push.TEXTS) == {"en", "de"}
    assert set(push.TEXTS["en"]) == set(push.TEXTS["de"]) <= {push.OTHER, *NotificationType}


def test_every_browser_of_a_person_is_told_once_and_nobody_elses(service, browser, user, api):
    other = Browser(service.url, "other")
    register(api(user), browser)
    register(api(user), Browser(service.url, "two"))
    register(api(UserFactory()), other)
    tell(user)
    assert [deliver(), deliver()] == [2, 0]
    assert sorted(asked.path for asked in service.asked) == ["/push/one", "/push/two"]
    assert not PushDelivery.objects.exists()


# What is not sent any more.


def test_what_was_read_meanwhile_is_not_pushed(service, device, user, now):
    tell(user)
    Notification.objects.update(read_at=now)
    deliver()
    assert (service.asked, PushDelivery.objects.exists()) == ([], False)


def test_what_was_taken_away_meanwhile_is_not_pushed(service, device, user, api):
    told = tell(user)
    pushes.spread(now=timezone.now())
    assert api(user).delete(f"/api/notifications/{told.id}").status_code == 204
    pushes.send_due(now=timezone.now())
    assert (service.asked, PushDelivery.objects.exists()) == ([], False)


def test_what_is_a_day_old_is_not_pushed(service, device, user):
    tell(user)
    deliver(later(days=1, minutes=1))
    assert service.asked == []


@pytest.mark.parametrize("ended", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_who_signed_out_on_a_browser_is_told_there_no_more(service, device, user, ended):
    tell(user)
    DeviceSession.objects.filter(id=device.session_id).update(**ended)
    deliver()
    assert service.asked == []


# Failures.


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_takes_its_device_along(service, device, user, status):
    service.status = status
    tell(user)
    deliver()
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("status", [302, 403, 429, 500])
def test_a_service_that_refuses_for_now_is_asked_again_later(service, device, user, status):
    service.status = status
    tell(user)
    deliver()
    assert (PushDelivery.objects.get().due_at > timezone.now(), len(service.asked)) == (True, 1)
    service.status = 201
    assert [deliver(), deliver(later(minutes=5))] == [0, 1]
    assert not PushDelivery.objects.exists()


@pytest.mark.parametrize("status", [400, 413])
def test_what_is_refused_for_good_is_not_tried_again(service, device, user, status):
    service.status = status
    tell(user)
    deliver()
    assert (PushDelivery.objects.exists(), PushDevice.objects.exists()) == (False, True)


def test_a_service_that_is_away_loses_nothing(service, device, user, settings):
    settings.PUSH_TRUSTED_ORIGINS = ["http://127.0.0.1:9"]
    PushDevice.objects.update(endpoint="http://127.0.0.1:9/push")
    tell(user)
    deliver()
    assert PushDelivery.objects.get().attempts == 1


def test_a_service_that_does_not_answer_is_waited_for_only_so_long(service, device, user, settings):
    settings.PUSH_TIMEOUT = timedelta(milliseconds=200)

    service.hold = threading.Event()
    tell(user)
    deliver()
    service.hold.set()
    assert PushDelivery.objects.get().due_at > timezone.now()


def test_after_a_day_it_is_given_up(service, device, user):
    service.status = 500
    tell(user)
    deliver()
    kept = PushDelivery.objects.count()
    pushes.send_due(now=later(days=1, minutes=1))
    assert (kept, PushDelivery.objects.count(), len(service.asked)) == (1, 0, 1)


def test_what_another_worker_sends_is_left_alone(service, device, user, now):
    tell(user)
    pushes.spread(now=timezone.now())
    PushDelivery.objects.update(claimed_until=later(minutes=1))
    assert (pushes.send_due(now=timezone.now()), service.asked) == (0, [])


def test_without_redis_and_service_people_are_told_in_their_list(redis_gone, service, device, user, api):
    service.status = 500
    told = tell(user)
    titles = [entry["id"] for entry in api(user).get("/api/notifications").json()["results"]]
    assert titles == [str(told.id)]


def test_telling_somebody_asks_the_database_for_nothing_more(service, device, user, django_assert_num_queries):
    tell(user)
    with django_assert_num_queries(3):  # the service's role, the row, the role before
        notifications.send([Note(user.id, NotificationType.NEW_MESSAGE, TITLE, MESSAGE)])


# Devices.


def test_registering_again_is_the_same_device(api, user, browser):
    client = api(user)
    assert register(client, browser) == register(client, browser)


def test_a_browser_belongs_to_who_registered_it_last(service, browser, device, user, api):
    tell(user)
    pushes.spread(now=timezone.now())
    other = UserFactory()
    register(api(other), browser)
    pushes.send_due(now=timezone.now())
    assert (PushDevice.objects.get().user, service.asked) == (other, [])


def test_the_oldest_go_when_there_are_too_many(service, api, user, settings):
    settings.PUSH_DEVICES_KEPT = 2
    client = api(user)
    for name in ("one", "two", "three"):
        register(client, Browser(service.url, name))
    assert {d.endpoint.rsplit("/", 1)[1] for d in PushDevice.objects.all()} == {"two", "three"}


def test_a_device_is_taken_back_by_its_owner_alone(api, device, user):
    path = f"/api/push_devices/{device.id}"
    assert [api(UserFactory()).delete(path).status_code, api(user).delete(path).status_code] == [404, 204]
    assert not PushDevice.objects.exists()


def test_while_push_is_off_nothing_is_registered_or_queued(service, browser, api, user, settings):
    settings.VAPID_PRIVATE_KEY = ""
    reply = api(user).post("/api/push_devices", browser.subscription)
    assert (reply.status_code, reply.json()["code"]) == (409, "push_off")
    assert (tell(user).to_push, api().get("/api/settings").json()["vapid_public_key"]) == (False, None)


# Where it may go.


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "ftp://push.example/x",
        "https://localhost/x",
        "https://localhost./x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f.0.0.1/x",
        "https://[::1]/x",
        "https://[::1/x",
        "https://10.0.0.8/x",
        "https://push.example:6379/x",
        "https://push.example:port/x",
        "https://me@push.example/x",
        "https://push.example\\@127.0.0.1/x",
        "https://push.example/x y",
        "https://push.example/\u00e4",
        "https:///x",
        "push.example/x",
    ],
)
def test_what_is_no_public_https_address_is_refused(service, browser, api, user, endpoint):
    reply = api(user).post("/api/push_devices", browser.subscription | {"endpoint": endpoint})
    assert (reply.status_code, reply.json()["code"]) == (400, "push_endpoint_refused")


def test_the_push_services_of_browsers_are_taken():
    for host in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"):
        assert push.check_address(f"https://{host}/wpush/v2/abc?d=1") is None


@pytest.mark.parametrize(
    "keys", [{"p256dh": written(b"\x04" * 65)}, {"p256dh": "short"}, {"auth": "c2hvcnQ"}, {"auth": "!"}]
)
def test_keys_that_nothing_can_be_sealed_for_are_refused(service, browser, api, user, keys):
    sent = browser.subscription | {"keys": browser.subscription["keys"] | keys}
    reply = api(user).post("/api/push_devices", sent)
    assert (reply.status_code, reply.json()["code"]) == (400, "push_keys_refused")


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "::1",
    "::ffff:10.0.0.1",
    "2002:a00:1::",
    "64:ff9b::7f00:1",
    "fe80::1",
    "224.0.0.1",
]


@pytest.mark.parametrize("addresses", [*([address] for address in PRIVATE), ["93.184.216.34", "10.0.0.1"]])
def test_a_name_that_leads_inside_is_not_followed(monkeypatch, addresses):
    lead_to(monkeypatch, *addresses)
    with pytest.raises(OSError, match="not a public host"):
        asyncio.run(push._public_address("inside.example"))


def test_a_public_name_is_asked_at_the_address_that_was_looked_at(monkeypatch):
    lead_to(monkeypatch, "93.184.216.34", "2606:2800:220:1::1")
    assert asyncio.run(push._public_address("outside.example")) == "93.184.216.34"


def lead_to(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


def test_a_name_that_leads_inside_by_now_costs_a_try_and_asks_nobody(service, device, user, monkeypatch):
    PushDevice.objects.update(endpoint="https://inside.example/push/one")
    tell(user)
    pushes.spread(now=timezone.now())
    lead_to(monkeypatch, "127.0.0.1")
    pushes.send_due(now=timezone.now())
    assert (service.asked, PushDelivery.objects.get().attempts) == ([], 1)


def test_an_untrusted_origin_is_none_here(settings):
    settings.PUSH_TRUSTED_ORIGINS = []
    with pytest.raises(Invalid):
        push.check_address("http://127.0.0.1:8000/push")
