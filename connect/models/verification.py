from django.conf import settings
from django.db import models
from django.db.models import Q

from config.db import Record
from connect.enums import SignalKind
from connect.models.code import Challenge
from safety.schema import RowSecurity, owner


class PhoneVerification(Challenge):
    """A person says that a number is theirs; a code sent there proves it.

    A row is also made for a number that is another person's, so that both cases do the same work; its code is never
    sent.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    phone = models.CharField(max_length=16)

    class Meta:
        constraints = [RowSecurity(name="phone_verification_rls")]

    def __str__(self) -> str:
        return self.phone


class VerificationSignal(Record):
    """Something about a person was proved, and when last.

    `reference` is the name or token that whoever vouches for it gave; never a document.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verification_signals")
    kind = models.CharField(max_length=15, choices=SignalKind)
    reference = models.CharField(max_length=255, blank=True)
    verified_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="verification_one_of_a_kind"),
            models.UniqueConstraint(
                fields=["reference"], condition=Q(kind=SignalKind.GOV_ID), name="verification_papers_once"
            ),
            RowSecurity(name="verification_rls", select=owner()),
        ]

    def __str__(self) -> str:
        return self.kind
