"""Text messages out: each once, by whom the settings name, none for ever."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from connect import sms
from connect.models import OutgoingSms
from connect.services import post
from tests.connect.provider import standing_in

PHONE, BODY = "+4915112345678", "123456 is your code."


@pytest.fixture
def provider(settings):
    with standing_in({"sid": "SM1"}) as stand_in:
        settings.SMS_BACKEND = "connect.sms.HttpSender"
        settings.SMS_URL = f"{stand_in.url}/Accounts/AC1/Messages.json"
        settings.SMS_ACCOUNT, settings.SMS_TOKEN, settings.SMS_FROM = "AC1", "secret", "+15550001111"
        yield stand_in


@pytest.fixture
def due(db):
    return sms.enqueue(to=PHONE, body=BODY, now=timezone.now())


def test_the_embedded_sender_keeps_messages_in_files(due, settings, tmp_path):
    settings.SMS_FILE_PATH = tmp_path / "sms"
    assert post.send_sms_due(now=timezone.now()) == 1
    (kept,) = settings.SMS_FILE_PATH.iterdir()
    assert (PHONE in kept.read_text(), BODY in kept.read_text()) == (True, True)


def test_a_provider_gets_number_sender_and_text(due, provider):
    post.send_sms_due(now=timezone.now())
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("POST", "/Accounts/AC1/Messages.json")
    assert parse_qs(asked.body.decode()) == {"To": [PHONE], "From": ["+15550001111"], "Body": [BODY]}


def test_a_provider_gets_the_accounts_name_and_token(due, provider):
    post.send_sms_due(now=timezone.now())
    assert provider.asked[0].headers["Authorization"] == f"Basic {b64encode(b'AC1:secret').decode()}"


def test_a_message_is_sent_once(due, provider):
    assert [post.send_sms_due(now=timezone.now()) for _ in range(2)] == [1, 0]
    assert (len(provider.asked), OutgoingSms.objects.exists()) == (1, False)


@pytest.mark.parametrize("status", [302, 400, 500, 503])
def test_a_message_that_was_refused_is_kept_for_later(due, provider, status):
    provider.status = status
    now = timezone.now()
    assert post.send_sms_due(now=now) == 0
    due.refresh_from_db()
    assert (due.due_at > now, due.attempts) == (True, 1)


def test_tried_again_a_message_has_the_same_key(due, provider):
    provider.status = 500
    post.send_sms_due(now=timezone.now())
    post.send_sms_due(now=timezone.now() + timedelta(minutes=5))
    assert [asked.headers["Idempotency-Key"] for asked in provider.asked] == [str(due.id)] * 2


def test_a_provider_that_is_away_does_not_lose_the_message(due, settings):
    settings.SMS_BACKEND, settings.SMS_URL = "connect.sms.HttpSender", "http://127.0.0.1:9/"
    assert (post.send_sms_due(now=timezone.now()), OutgoingSms.objects.count()) == (0, 1)


def test_a_message_whose_code_ran_out_is_given_up(due, provider):
    provider.status = 500
    post.send_sms_due(now=timezone.now())
    kept = OutgoingSms.objects.count()
    post.send_sms_due(now=timezone.now() + OutgoingSms.give_up + timedelta(minutes=1))
    assert (kept, OutgoingSms.objects.count()) == (1, 0)


def test_a_message_that_somebody_else_sends_is_left_alone(due, provider):
    OutgoingSms.objects.update(claimed_until=timezone.now() + post.CLAIM)
    assert (post.send_sms_due(now=timezone.now()), provider.asked) == (0, [])
