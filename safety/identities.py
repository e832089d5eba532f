"""By what a person is recognised under another account. Accounts live above this app, which says so here."""

from collections.abc import Callable
from uuid import UUID

from safety.crypto import keyed_hash

# The normalised e-mail address and phone number of an account, and who its providers say it is, as far as it has them.
Contacts = Callable[[UUID], list[str]]

_contacts: list[Contacts] = []


def register(contacts: Contacts) -> None:
    """Called from `apps.ready()` of the app that owns accounts."""
    _contacts[:] = [contacts]


def of(user_id: UUID) -> list[str]:
    """The keyed hashes of whatever an account is reached by."""
    return [keyed_hash(value.encode(), "blocked identity") for contacts in _contacts for value in contacts(user_id)]
