"""The archive of an export, opened."""

import io
from zipfile import ZipFile

import orjson
from django.utils import timezone

from safety.services import archives


def archive_of(user_id):
    out = io.BytesIO()
    archives.write(out, person=user_id, now=timezone.now())
    return ZipFile(out)


def listed(archive, name):
    return orjson.loads(archive.read(name))
