"""What every stored record has: an id that sorts by time, and the moment it was made."""

import uuid

import uuid_utils.compat
from django.db import models
from django.db.models.functions import Now


class UuidV7(models.Func):
    """PostgreSQL 18's own UUIDv7, for rows that SQL makes without Python."""

    function = "uuidv7"
    output_field = models.UUIDField()


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds first, so that indexes grow at their right end."""
    return uuid_utils.compat.uuid7()


class Record(models.Model):
    """Base of every table of ours."""

    id = models.UUIDField(primary_key=True, default=new_id, db_default=UuidV7(), editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
