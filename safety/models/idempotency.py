from django.conf import settings
from django.db import models

from config.db import Record
from safety.schema import RowSecurity, owner


class IdempotencyKey(Record):
    """A reply kept for a day, so that the same request sent again gets it instead of a second effect.

    `request_hash` is an HMAC: the row does not give the request away. `response_code` is null only inside the
    transaction that is still answering.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    scope = models.CharField(max_length=128)
    request_hash = models.CharField(max_length=64)
    response_code = models.PositiveSmallIntegerField(null=True)
    response_body = models.JSONField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_user_key"),
            RowSecurity(name="idempotency_rls", select=owner(), insert=owner(), update=owner(), delete=owner()),
        ]

    def __str__(self) -> str:
        """Without the path: it may name what two people have."""
        return self.scope.partition(" ")[0]
