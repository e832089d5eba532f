from django.db import models

from connect.models.code import Challenge
from safety.schema import RowSecurity


class PendingRegistration(Challenge):
    """Somebody says that an address is theirs; a code sent there proves it. No account exists before that.

    An address may have several at a time: each keeps the password of who asked for it, and its own code. A row is
    also made for an address that has an account, so that both cases do the same work; its code is never sent.
    """

    email = models.EmailField()
    password = models.CharField(max_length=128)
    timezone = models.CharField(max_length=64)

    class Meta:
        constraints = [RowSecurity(name="registration_rls")]
        indexes = [models.Index(fields=["email"], name="registration_email_idx")]

    def __str__(self) -> str:
        return self.email
