from django.db import models

from config.db import Record


class StoredPicture(Record):
    """A picture as it was written anew: upright, bounded, and with nothing in it but what is seen.

    The file stands in the private storage under the name `file`, sealed under `file_key`, a wrapped key of its own:
    without the row nobody sees it. `digest` is the SHA-256 of its pixels.
    """

    file = models.CharField(max_length=60, unique=True, editable=False)
    file_key = models.BinaryField(editable=False)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, editable=False)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
