"""The private storage: what people get only through a view of ours, sealed before it is written."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.storage import Storage, storages


@dataclass(frozen=True)
class OpenFile:
    """What goes out: so many bytes, in pieces."""

    size: int
    pieces: Iterator[bytes]


def storage() -> Storage:
    return storages["private"]


def listed(folder: str) -> set[str]:
    """The files right in a folder, by their whole names; none where there is no such folder."""
    try:
        return {f"{folder}/{name}" for name in storage().listdir(folder)[1]}
    except FileNotFoundError:
        return set()
