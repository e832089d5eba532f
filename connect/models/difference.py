from django.db import models

from config.db import Record
from safety.schema import AppendOnly, RowSecurity


class BillingDifference(Record):
    """Where our books and the provider's said different things, when they were compared; ours are corrected after."""

    provider = models.CharField(max_length=7)
    entity = models.CharField(max_length=12)
    entity_id = models.UUIDField(db_index=True)
    ours = models.CharField(max_length=200)
    theirs = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [AppendOnly(name="difference_append_only"), RowSecurity(name="difference_rls")]

    def __str__(self) -> str:
        return f"{self.entity}: {self.ours} here, {self.theirs} there"
