"""The translations of each app, renewed from its code and compiled; what a bare machine reads is what is committed.

Needs Babel, which is one of the tools and no part of the running product.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

KEYWORDS = {"gettext": None, "gettext_lazy": None, "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2)}


@dataclass(frozen=True)
class Renewed:
    """What a .po, and the .mo beside it, have to hold; `untranslated` are its messages without a translation."""

    path: Path
    po: bytes
    mo: bytes
    untranslated: list[str]

    @property
    def compiled(self) -> Path:
        return self.path.with_suffix(".mo")

    @property
    def is_current(self) -> bool:
        return self.path.read_bytes() == self.po and self.compiled.exists() and self.compiled.read_bytes() == self.mo

    def write(self) -> None:
        self.path.write_bytes(self.po)
        self.compiled.write_bytes(self.mo)


def renew() -> Iterator[Renewed]:
    """Every catalog there is. A message that the code has no more goes, a new one comes in untranslated."""
    for path in sorted(settings.BASE_DIR.glob("*/locale/*/LC_MESSAGES/django.po")):
        yield _renewed(path)


def _renewed(path: Path) -> Renewed:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parts[-3])
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = "MaiTribe Connect"
    catalog.revision_date = catalog.creation_date
    catalog.update(_said_in(path.parents[3], catalog), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    po, mo = BytesIO(), BytesIO()
    write_po(po, catalog, width=120, no_location=True)
    write_mo(mo, catalog)
    return Renewed(path, po.getvalue(), mo.getvalue(), _untranslated(catalog))


def _untranslated(catalog: Catalog) -> list[str]:
    return [str(message.id) for message in catalog if message.id and (message.fuzzy or not message.string)]


def _said_in(app: Path, catalog: Catalog) -> Catalog:
    """What the code of an app says, with the date of the catalog: only what is said may change it."""
    said = Catalog(creation_date=catalog.creation_date)
    for _, _, message, _, context in extract_from_dir(app, [("**.py", "python")], keywords=KEYWORDS):
        said.add(message, context=context)
    return said
