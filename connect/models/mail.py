from datetime import timedelta
from typing import ClassVar

from django.db import models

from config.db import Record
from safety.schema import RowSecurity


class Outgoing(Record):
    """Something to send. The row is the job: a worker claims it for a while, sends, and deletes it."""

    give_up: ClassVar[timedelta]

    body = models.TextField()
    due_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True


class OutgoingMail(Outgoing):
    """A mail to send."""

    give_up = timedelta(days=1)

    to = models.EmailField()
    subject = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "outgoing mail"
        constraints = [RowSecurity(name="mail_rls")]

    def __str__(self) -> str:
        return self.subject


class OutgoingSms(Outgoing):
    """A text message to send; it is of no use to anybody once the code in it has run out."""

    give_up = timedelta(minutes=10)

    to = models.CharField(max_length=16)

    class Meta:
        verbose_name_plural = "outgoing SMS"
        constraints = [RowSecurity(name="sms_rls")]

    def __str__(self) -> str:
        return self.to
