"""Photos whose file is gone, and files that no photo has: both are looked for by the clock."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from config.errors import NotYours
from connect.models import Photo
from connect.services import photos
from connect.services.photos import FOLDER, storage
from safety.roles import as_service
from safety.services import audit

logger = structlog.get_logger(__name__)


def sweep(*, now: datetime) -> tuple[int, int]:
    """Delete files without a row and rows without a file, an hour old at least; how many of each.

    Many files that are gone at once, or all of them, mean a storage that is not there: then no row is touched.
    """
    found, orphans, lost = 0, 0, []
    for folder in _folders():
        files = _files(folder)
        rows = _rows(folder)
        found += len(files)
        orphans += _delete_orphans(files - set(rows), now)
        lost += [photo for file, photo in rows.items() if file not in files]
    return orphans, _delete_lost(lost, now) if found else 0


def forget(user_id: UUID, now: datetime) -> None:
    """Delete the files of somebody who leaves; their rows go with everything else."""
    with transaction.atomic(), as_service():
        files = list(Photo.objects.of(user_id).values_list("file", flat=True))
    for file in files:
        storage().delete(file)


def _folders() -> Iterator[str]:
    return (f"{FOLDER}/{number:02x}" for number in range(256))


def _files(folder: str) -> set[str]:
    try:
        return {f"{folder}/{name}" for name in storage().listdir(folder)[1]}
    except FileNotFoundError:
        return set()


def _rows(folder: str) -> dict[str, Photo]:
    """Looked up after the files were listed: one that comes into being meanwhile is young, and left alone."""
    with transaction.atomic(), as_service():
        rows = Photo.objects.filter(file__startswith=f"{folder}/").only("id", "user_id", "file", "created_at")
        return {photo.file: photo for photo in rows}


def _delete_orphans(files: set[str], now: datetime) -> int:
    old = [file for file in files if storage().get_modified_time(file) < now - settings.PHOTO_FILE_GRACE]
    for file in old:
        storage().delete(file)
    return len(old)


def _delete_lost(lost: list[Photo], now: datetime) -> int:
    old = [photo for photo in lost if photo.created_at < now - settings.PHOTO_FILE_GRACE]
    if len(old) > settings.PHOTO_FILES_LOST_AT_ONCE:
        logger.error("photo_files_missing", photos=len(old))
        return 0
    return sum(_delete_row(photo, now) for photo in old)


def _delete_row(photo: Photo, now: datetime) -> bool:
    """Whether it was still there; its person may have been quicker."""
    try:
        with transaction.atomic(), as_service():
            photos.remove(user_id=photo.user_id, photo_id=photo.id, now=now)
            audit.record(action="photo_lost", actor=None, entity="connect_photo", entity_id=photo.id)
    except NotYours:
        return False
    return True
