from django.db import models

from config.db import Record


class Challenge(Record):
    """A code of six digits was sent somewhere; only who reads there, and knows this row's id, can give it back.

    `code_hash` is keyed; `attempts` counts wrong codes.
    """

    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
