from django.db import models

from connect.models.code import Challenge
from safety.schema import RowSecurity


class PasswordReset(Challenge):
    """Somebody asks for a new password for an address; a code sent there proves that it is theirs.

    A row is also made for an address that has no account, so that both cases do the same work; its code is never sent.
    """

    email = models.EmailField()

    class Meta:
        constraints = [RowSecurity(name="password_reset_rls")]
        indexes = [models.Index(fields=["email"], name="password_reset_email_idx")]

    def __str__(self) -> str:
        return self.email
