"""What was proved of a person, and of those who were here before it was written down."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.db import connection

import connect.migrations
from connect.enums import Provider, SignalKind
from connect.models import AuthIdentity, VerificationSignal
from connect.services import verifications
from tests.connect.test_registrations import confirm, signed_up
from tests.factories import UserFactory


def test_a_sign_up_proves_the_address(api, db):
    reply = confirm(api(), *signed_up(api()))
    signal = VerificationSignal.objects.get()
    assert (str(signal.user_id), signal.kind) == (reply.json()["user_id"], "email")


def test_of_a_kind_the_newest_proof_stands(db, now):
    user = UserFactory()
    for moment in (now - timedelta(days=1), now):
        verifications.record(user_id=user.id, kind=SignalKind.PHONE, now=moment)
    assert VerificationSignal.objects.get().verified_at == now


def test_who_signed_up_before_counts_as_having_proved_the_address(db):
    """And who was made in another way does not; a second run adds nothing."""
    (found,) = Path(connect.migrations.__path__[0]).glob("*_signals_of_proved_addresses.py")
    record = import_module(f"connect.migrations.{found.stem}").RECORD
    signed_up_before, made = UserFactory(), UserFactory()
    AuthIdentity.objects.create(user=signed_up_before, provider=Provider.PASSWORD, provider_subject="a")
    AuthIdentity.objects.create(user=made, provider=Provider.GOOGLE, provider_subject="b")
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(record)
    assert [signal.user_id for signal in VerificationSignal.objects.all()] == [signed_up_before.id]
