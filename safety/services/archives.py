"""Everything a person gave and everything derived, as one file they can keep."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Protocol, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from django.conf import settings
from django.db import transaction

from safety import personal_data
from safety.personal_data import Part, StoredFile
from safety.roles import acting_as, as_service
from safety.schema.inspect import security_of

CHUNK = 500


class _Counted:
    """What is written to one file of the archive, with its digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self.size = file, hashlib.sha256(), 0

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self._digest.update(piece)
        self.size += len(piece)

    def told(self) -> dict[str, Any]:
        return {"bytes": self.size, "sha256": self._digest.hexdigest()}


class Output(Protocol):
    """Where the archive goes; it is written from front to back."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


def write(out: Output, *, person: UUID, now: datetime) -> None:
    """Write the ZIP: a JSON list a table, the person's files, and manifest.json that says what each of them is.

    Rows and files pass through in pieces. What the person may read by themselves is read as them, so that no mistake
    of an export can show more.
    """
    exported = [part for part in personal_data.parts() if not part.withheld]
    with ZipFile(cast(IO[bytes], out), "w", ZIP_DEFLATED) as archive:
        files = [_write_rows(archive, part, person) for part in exported]
        files += [_write_file(archive, part, file) for part in exported for file in _files(part, person)]
        archive.writestr("manifest.json", orjson.dumps(_manifest(files, now), option=orjson.OPT_INDENT_2))


def _manifest(files: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    about = settings.SPECTACULAR_SETTINGS
    return {"product": about["TITLE"], "version": about["VERSION"], "created": now, "files": files}


def _write_rows(archive: ZipFile, part: Part, person: UUID) -> dict[str, Any]:
    name, rows = f"{part.name}.json", 0
    with archive.open(name, "w", force_zip64=True) as file, _as_reader(part, person):
        counted = _Counted(file)
        for row in part.rows(person).order_by("pk").iterator(chunk_size=CHUNK):
            counted.write(b",\n" if rows else b"[\n")
            counted.write(orjson.dumps(part.show(row, person), default=_plain))
            rows += 1
        counted.write(b"\n]" if rows else b"[]")
    return {"name": name, "what": part.what, "rows": rows, **counted.told()}


def _write_file(archive: ZipFile, part: Part, stored: StoredFile) -> dict[str, Any]:
    """One that went after it was listed is told of, and holds up nothing."""
    told = {"name": f"media/{stored.name}", "what": part.what}
    try:
        pieces = stored.open()
    except FileNotFoundError:
        return told | {"missing": True}
    with archive.open(told["name"], "w", force_zip64=True) as file:
        counted = _Counted(file)
        for piece in pieces:
            counted.write(piece)
    return told | counted.told()


def _files(part: Part, person: UUID) -> list[StoredFile]:
    if part.files is None:
        return []
    with transaction.atomic(), as_service():
        return list(part.files(person))


@contextmanager
def _as_reader(part: Part, person: UUID) -> Iterator[None]:
    """As the person where row security lets people read the table at all, else as the service."""
    security = security_of(part.model)
    own = security is not None and "select" in security.given
    with transaction.atomic(), acting_as(person) if own else as_service():
        yield


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
