"""Files that come together: a folder, an archive, or what somebody sent with one form. All are read the same way."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from config.errors import Invalid

NOT_MEANT = ("__MACOSX", "Thumbs.db")


class Bundle(Protocol):
    """Files by their names, which have slashes between folders."""

    def names(self) -> list[str]:
        """In their order; what a computer puts beside files by itself is left out."""

    def open(self, name: str) -> IO[bytes]:
        """Raises Invalid: file_missing, file_too_large, archive_broken."""


class Folder:
    """A folder on this machine, with those in it."""

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    def names(self) -> list[str]:
        files = (file for file in self._path.rglob("*") if file.is_file())
        return meant(file.relative_to(self._path).as_posix() for file in files)

    def open(self, name: str) -> IO[bytes]:
        file = (self._path / name).resolve()
        if not file.is_relative_to(self._path) or not file.is_file():
            raise _missing(name)
        _check_size(file.stat().st_size)
        return io.BytesIO(file.read_bytes())


class Table(Folder):
    """One table, and whatever of its folder it names."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._name = path.name

    def names(self) -> list[str]:
        return [self._name]


class Archive:
    """A ZIP; nothing of it is unpacked onto a disk. Raises Invalid (archive_broken) for what is none."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError) as exc:
            raise _broken() from exc
        self._entries = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}

    def names(self) -> list[str]:
        return meant(self._entries)

    def open(self, name: str) -> IO[bytes]:
        """However large it says that it is: more than may be is not unpacked."""
        if name not in self._entries:
            raise _missing(name)
        try:
            with self._zip.open(self._entries[name]) as file:
                content = file.read(settings.PICTURE_BYTES + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as exc:
            raise _broken() from exc
        _check_size(len(content))
        return io.BytesIO(content)


class Sent:
    """What came with a form, by the names the sender gave."""

    def __init__(self, files: Iterable[UploadedFile]) -> None:
        self._files = {str(file.name): file for file in files}

    def names(self) -> list[str]:
        return meant(self._files)

    def open(self, name: str) -> IO[bytes]:
        file = self._files.get(name)
        if file is None:
            raise _missing(name)
        _check_size(file.size or 0)
        file.seek(0)
        return io.BytesIO(file.read())


def meant(names: Iterable[str]) -> list[str]:
    """Sorted, without hidden files and what computers leave behind."""
    return sorted(name for name in names if not any(map(_is_byproduct, PurePosixPath(name).parts)))


def _is_byproduct(part: str) -> bool:
    return part.startswith(".") or part in NOT_MEANT


def _check_size(size: int) -> None:
    if size > settings.PICTURE_BYTES:
        raise Invalid(f"A file has at most {settings.PICTURE_BYTES} bytes.", code="file_too_large")


def _missing(name: str) -> Invalid:
    return Invalid(f"There is no file {name!r}.", code="file_missing")


def _broken() -> Invalid:
    return Invalid("This archive is damaged, or locked with a password.", code="archive_broken")
