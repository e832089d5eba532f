"""A person's copy of their data: asked for, built by a worker, fetched by a signed link, gone after a week."""

import tempfile
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.core.files import File
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import F
from django.utils import translation

from config.errors import NotYours
from connect.enums import ExportStatus, NotificationType
from connect.models import DataExport
from connect.private_files import OpenFile, listed, storage
from connect.queries import languages
from connect.services import notifications
from connect.services.notifications import Note
from safety import sealed_files
from safety.crypto import new_data_key, unwrap, wrap
from safety.roles import as_service
from safety.sealed_files import Sealer
from safety.services import archives

logger = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=30)
WAIT = timedelta(minutes=5)
ATTEMPTS = 3
FOLDER = "exports"


def request(*, user_id: UUID, now: datetime) -> DataExport:
    """Have an export built; while one is under way, it is that one."""
    with as_service():
        row = DataExport(user_id=user_id, due_at=now)
        DataExport.objects.bulk_create([row], ignore_conflicts=True)
        return DataExport.objects.unfinished().filter(user=user_id).first() or newest(user_id)


def newest(user_id: UUID) -> DataExport:
    """The export asked for last. Raises NotYours."""
    found = DataExport.objects.filter(user=user_id).order_by("-id").first()
    if found is None:
        raise NotYours()
    return found


def signature(export: DataExport) -> str:
    """What opens the file to whoever has it, for a week at most."""
    return _signer().sign(str(export.id)).partition(":")[2]


def signed(*, export_id: UUID, signature: str, now: datetime) -> DataExport:
    """The export that a link opens. Raises NotYours, also for a wrong or old signature."""
    try:
        _signer().unsign(f"{export_id}:{signature}", max_age=settings.EXPORT_LIFETIME)
        with as_service():
            return DataExport.objects.get(id=export_id, status=ExportStatus.READY, expires_at__gt=now)
    except (BadSignature, DataExport.DoesNotExist) as exc:
        raise NotYours() from exc


def opened(export: DataExport) -> OpenFile:
    """Its file, which needs no database. Raises NotYours where it is gone, Unavailable where the storage is."""
    try:
        file = storage().open(export.path)
    except FileNotFoundError as gone:
        raise NotYours() from gone
    key = unwrap(bytes(export.file_key or b""))
    return OpenFile(export.size or 0, sealed_files.opened(file, key=key, context=export.id.bytes))


def build_next(*, now: datetime) -> DataExport | None:
    """Build the export that is due, if any; None where there was none. One that fails is tried again, three times."""
    export = _claim(now)
    if export is None:
        return None
    try:
        _build(export, now)
    except Exception:
        logger.exception("export_failed", export_id=str(export.id), attempts=export.attempts)
        _give_back(export, now)
    return export


def clear_over(*, now: datetime) -> int:
    """Let exports expire, and delete every file that none may be fetched by any more; how many expired."""
    with transaction.atomic(), as_service():
        over = DataExport.objects.over(now).select_for_update(skip_locked=True)
        rows = DataExport.objects.filter(id__in=[row.id for row in over])
        expired = rows.update(status=ExportStatus.EXPIRED, file_key=None)
    _clear_files()
    return expired


def _claim(now: datetime) -> DataExport | None:
    with transaction.atomic(), as_service():
        export = DataExport.objects.claimable(now).order_by("due_at").select_for_update(skip_locked=True).first()
        if export is None:
            return None
        export.status, export.claimed_until = ExportStatus.BUILDING, now + CLAIM
        export.attempts = F("attempts") + 1
        export.save(update_fields=["status", "claimed_until", "attempts"])
        export.refresh_from_db()
        return export


def _build(export: DataExport, now: datetime) -> None:
    """Only sealed bytes reach a disk; the temporary file has no name besides, and goes whatever happens."""
    key = new_data_key()
    with tempfile.TemporaryFile() as made, translation.override(_language(export.user_id)):
        with Sealer(made, key=key, context=export.id.bytes) as sealer:
            archives.write(sealer, person=export.user_id, now=now)
        made.seek(0)
        storage().delete(export.path)
        storage().save(export.path, File(made))
    if not _finish(export, wrap(key), sealer.size, now):
        storage().delete(export.path)


def _language(person: UUID) -> str:
    with transaction.atomic(), as_service():
        return languages([person])[person]


def _finish(export: DataExport, key: bytes, size: int, now: datetime) -> bool:
    """Whether the export was still ours: its person may be erased by now, or another worker have taken it over."""
    ready = {"status": ExportStatus.READY, "claimed_until": None, "file_key": key, "size": size, "ready_at": now}
    with transaction.atomic(), as_service():
        ours = DataExport.objects.filter(id=export.id, claimed_until=export.claimed_until)
        if not ours.update(**ready, expires_at=now + settings.EXPORT_LIFETIME):
            return False
        days = settings.EXPORT_LIFETIME.days
        message = f"You can download it for {days} days."
        notifications.send([Note(export.user_id, NotificationType.EXPORT_READY, "Your data is ready", message)])
    return True


def _give_back(export: DataExport, now: datetime) -> None:
    status = ExportStatus.FAILED if export.attempts >= ATTEMPTS else ExportStatus.REQUESTED
    with transaction.atomic(), as_service():
        ours = DataExport.objects.filter(id=export.id, claimed_until=export.claimed_until)
        ours.update(status=status, claimed_until=None, due_at=now + WAIT)


def _clear_files() -> None:
    """Files are listed before rows are looked up: one that comes into being meanwhile is left alone."""
    files = listed(FOLDER)
    with transaction.atomic(), as_service():
        held = DataExport.objects.filter(status__in=[ExportStatus.BUILDING, ExportStatus.READY])
        live = {row.path for row in held}
    for path in files - live:
        storage().delete(path)


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="connect.export")
