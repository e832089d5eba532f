"""Whether an address is one of a school, and whether it has to be."""

import re

from config.errors import Invalid
from safety import flags

# .edu, .edu.xx and .ac.xx are given out to schools only; any other domain has to be named.
_RESERVED = re.compile(r"(^|\.)(edu|(edu|ac)\.[a-z]{2})$")


def demand(email: str) -> None:
    """Raises Invalid where only addresses of schools may sign up and this is none; looks at no account."""
    further = flags.value("academic_domains").lower().split()
    if not flags.is_on("allow_non_edu_emails") and not is_academic(email, further):
        raise Invalid("Sign up with the address that your school gave you.", code="email_not_academic")


def is_academic(email: str, further: list[str]) -> bool:
    """Whether the address belongs to a domain reserved for schools, or to one of `further` or below it."""
    domain = email.rpartition("@")[2].lower()
    named = any(domain == known or domain.endswith(f".{known}") for known in further)
    return named or _RESERVED.search(domain) is not None
