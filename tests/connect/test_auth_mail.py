"""Mail out: each once, none for ever, and none in the way of the others."""

from datetime import timedelta

from django.utils import timezone

from connect import mail
from connect.models import OutgoingMail
from connect.services import post

EMAIL = "new@maitribe.example"
UNSENDABLE = f"a@{'ü' * 60}.example"


def test_due_mail_is_sent_once(db, mailoutbox, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.enqueue(to=EMAIL, subject="Hello", body="Your code is 123456.", now=timezone.now())
    assert post.send_due(now=timezone.now()) == 1
    assert post.send_due(now=timezone.now()) == 0
    assert [message.to for message in mailoutbox] == [[EMAIL]]


def test_mail_that_fails_is_kept_for_later(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 9, False
    mail.enqueue(to=EMAIL, subject="Hello", body="Your code is 123456.", now=timezone.now())
    now = timezone.now()
    assert post.send_due(now=now) == 0
    assert OutgoingMail.objects.get().due_at > now


def test_a_mail_that_cannot_be_built_does_not_hold_up_the_others(db, mailoutbox):
    for address in (UNSENDABLE, EMAIL):
        mail.enqueue(to=address, subject="Hello", body="Your code is 123456.", now=timezone.now())
    assert post.send_due(now=timezone.now()) == 1
    assert [message.to for message in mailoutbox] == [[EMAIL]]
    assert OutgoingMail.objects.get().to == UNSENDABLE


def test_a_mail_that_failed_often_is_tried_again_within_the_hour(db, mailoutbox):
    row = mail.enqueue(to=UNSENDABLE, subject="Hello", body="-", now=timezone.now())
    OutgoingMail.objects.update(attempts=1000)
    now = timezone.now()
    post.send_due(now=now)
    row.refresh_from_db()
    assert row.due_at == now + post.MAX_WAIT


def test_a_mail_that_failed_for_days_is_given_up(db, mailoutbox):
    mail.enqueue(to=UNSENDABLE, subject="Hello", body="-", now=timezone.now())
    post.send_due(now=timezone.now())
    kept = OutgoingMail.objects.count()
    post.send_due(now=timezone.now() + OutgoingMail.give_up + timedelta(minutes=1))
    assert (kept, OutgoingMail.objects.count()) == (1, 0)
