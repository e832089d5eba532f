from django.db import models

from config.db import Record
from safety.schema import RowSecurity


class OutgoingMail(Record):
    """A mail to send. The row is the job: a worker claims it for a while, sends, and deletes it."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    due_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "outgoing mail"
        constraints = [RowSecurity(name="mail_rls")]

    def __str__(self) -> str:
        return self.subject
