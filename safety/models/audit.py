from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from config.db import Record
from safety.schema import AppendOnly, RowSecurity


class AuditLog(Record):
    """What happened to which row, by whom. No foreign keys: it outlives what it tells of.

    State machines write it from their triggers; everything else through `safety.services.audit.record`. An id of a
    person stands in `data` as a value of its own, so that erasure finds it.
    """

    actor_id = models.UUIDField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True, db_default="")
    action = models.CharField(max_length=64)
    entity = models.CharField(max_length=63)
    entity_id = models.UUIDField(null=True, blank=True)
    data = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = [
            RowSecurity(name="audit_rls"),
            AppendOnly(name="audit_append_only"),
        ]
        indexes = [
            models.Index(fields=["entity", "entity_id", "created_at"], name="audit_entity_idx"),
            models.Index(
                fields=["actor_id", "created_at"], condition=Q(actor_id__isnull=False), name="audit_actor_idx"
            ),
            # Finds a person's id in the data of an entry; transitions, which are most of all entries, hold none.
            GinIndex(fields=["data"], condition=~Q(action="transition"), name="audit_data_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.entity} {self.entity_id}"
