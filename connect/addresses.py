"""E-mail addresses as accounts have them."""

from typing import TypeGuard

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

MAX_LENGTH = 254


def is_plain(address: str) -> bool:
    """Whether it is all visible ASCII: of other letters some vanish or change on the way to the mailbox."""
    return address.isascii() and address.isprintable()


def is_address(value: object) -> TypeGuard[str]:
    """Whether an account could have this, whoever wrote it."""
    if not isinstance(value, str) or len(value) > MAX_LENGTH or not is_plain(value):
        return False
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True
