from django.db import models

from config.db import Record
from safety.schema import RowSecurity


class PendingRegistration(Record):
    """Somebody says that an address is theirs; a code sent there proves it. No account exists before that.

    An address may have several at a time: each keeps the password of who asked for it, and its own code.
    `code_hash` is keyed; `attempts` counts wrong codes. A row is also made for an address that has an account, so
    that both cases do the same work; its code is never sent.
    """

    email = models.EmailField()
    password = models.CharField(max_length=128)
    timezone = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [RowSecurity(name="registration_rls")]
        indexes = [models.Index(fields=["email"], name="registration_email_idx")]

    def __str__(self) -> str:
        return self.email
