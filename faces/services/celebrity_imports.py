"""The famous out of many files at once: a table that names their pictures, or pictures named after them.

What is wrong with one says its own line and keeps no other out. Doing all of it again adds nobody twice.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from config.errors import DomainError, Invalid, WrongState
from config.visible import is_blank
from connect import pictures
from faces.bundles import Bundle
from faces.enums import CelebrityCategory
from faces.models import Celebrity
from faces.services import celebrities
from faces.services.celebrities import About
from safety.roles import as_service

ADDED, KNOWN, REFUSED = "added", "known", "refused"
ABOUT = ("name", "bio", "category", "gender")
NEEDED = {"name", "image"}
COLUMNS = {*ABOUT, "image"}


@dataclass(frozen=True)
class Entry:
    """Somebody to bring in; `place` is where that stands, for whoever has to mend it."""

    place: str
    about: About
    image: str


class Outcome(NamedTuple):
    """What became of an entry: added, known or refused, and why."""

    place: str
    name: str
    result: str
    reason: str


def bring_in(files: Bundle, *, by: UUID | None, now: datetime, most: int | None = None) -> Iterator[Outcome]:
    """Add everybody the files name, one after the other, each committed on its own unless a transaction is open.

    Raises Invalid before the first where there is nothing in them (nothing_there), there are more than `most`
    (too_many), or the table cannot be read (table_broken).
    """
    found = entries(files)
    if most is not None and len(found) > most:
        raise Invalid(f"These are {len(found)}; bring in {most} at once at the most.", code="too_many")
    for entry in found:
        yield _bring_in(entry, files, by, now)


def entries(files: Bundle) -> list[Entry]:
    """By the table if there is one, else by the names of the pictures. Raises Invalid."""
    names = files.names()
    tables = [name for name in names if name.lower().endswith(".csv")]
    if len(tables) > 1:
        raise Invalid("There is more than one table.", code="table_broken")
    found = _listed(files, tables[0]) if tables else [_named(name) for name in names]
    if not found:
        raise Invalid("There is nobody in this.", code="nothing_there")
    return found


def _listed(files: Bundle, table: str) -> list[Entry]:
    """The lines of a table; pictures are looked for from where it stands."""
    try:
        text = files.open(table).read().decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        _check_columns(set(rows.fieldnames or ()))
        folder = PurePosixPath(table).parent
        return [_line(f"line {rows.line_num}", row, folder) for row in rows]
    except (UnicodeDecodeError, csv.Error) as exc:
        raise Invalid(f"The table cannot be read: {exc}.", code="table_broken") from exc


def _check_columns(columns: set[str]) -> None:
    wrong = sorted((NEEDED - columns) | (columns - COLUMNS))
    if wrong:
        message = f"The columns are name, image and, if you like, bio, category, gender. Look at: {', '.join(wrong)}."
        raise Invalid(message, code="table_broken")


def _line(place: str, row: dict[str, str], folder: PurePosixPath) -> Entry:
    """A line that is too short or too long is refused when its turn comes: what is missing there is empty."""
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    about = About(given["name"], given["bio"], given["category"].lower(), given["gender"].lower())
    return Entry(place, about, (folder / given["image"]).as_posix() if given["image"] else "")


def _named(name: str) -> Entry:
    """`Ada Example.jpg`; the folder it stands in is the category, if it is one."""
    path = PurePosixPath(name)
    category = path.parent.name.lower()
    person = unicodedata.normalize("NFC", path.stem).replace("_", " ").strip()
    return Entry(name, About(person, category=category if category in CelebrityCategory else ""), name)


def _bring_in(entry: Entry, files: Bundle, by: UUID | None, now: datetime) -> Outcome:
    try:
        _check(entry)
        picture = pictures.read(files.open(entry.image))
        with transaction.atomic(), as_service():
            celebrities.check_new(picture)
        examined = celebrities.examine(picture)
        with transaction.atomic():
            celebrities.add(about=entry.about, examined=examined, by=by, now=now)
    except WrongState as known:
        return Outcome(entry.place, entry.about.name, KNOWN, known.message)
    except DomainError as refusal:
        return Outcome(entry.place, entry.about.name, REFUSED, refusal.message)
    return Outcome(entry.place, entry.about.name, ADDED, "")


def _check(entry: Entry) -> None:
    """Raises Invalid."""
    told = asdict(entry.about)
    if is_blank(entry.about.name) or not all(text.replace("\n", "").isprintable() for text in told.values()):
        raise Invalid("There has to be a name, and all of it in letters that can be seen.")
    if not entry.image:
        raise Invalid("There is no picture named.")
    others = [field.name for field in Celebrity._meta.fields if field.name not in ABOUT]
    try:
        Celebrity(**told).clean_fields(exclude=others)
    except ValidationError as exc:
        wrong = (f"{name}: {' '.join(reasons)}" for name, reasons in exc.message_dict.items())
        raise Invalid(" ".join(wrong)) from exc
