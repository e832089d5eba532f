"""What a list in the admin may be asked for: only what it offers. Any other column could be guessed at by its rows."""

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

# The ways in which filters of the admin ask for a column they are about.
ASKED = ("exact", "in", "isnull", "isempty")


class DeclaredLookups:
    """An admin whose lists are filtered by the id of a row, by their declared filters, and by `linked` columns alone.

    Django itself admits every column of the table, a hash of a password too: `?password__startswith=a`.
    """

    linked: ClassVar[tuple[str, ...]] = ()
    list_filter: Any

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        names = {"pk", "id", *self.linked, *map(_asked_by, self.list_filter)}
        return lookup in names | {f"{name}{LOOKUP_SEP}{way}" for name in names for way in ASKED}


def _asked_by(declared: Any) -> str:
    """The parameter or the column of one entry of `list_filter`."""
    if isinstance(declared, type) and issubclass(declared, SimpleListFilter):
        return str(declared.parameter_name)
    return declared if isinstance(declared, str) else str(declared[0])
