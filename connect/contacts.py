"""By what a person is recognised who comes back under another account.

Here, and for nothing else, an address is folded: lower case, without what follows a plus in its local part, and at
Gmail (googlemail.com is the same) without dots. All of these reach one mailbox. Signing in and mail use the address
as it was given. A phone number is E.164 already.
"""

from uuid import UUID

from connect.models import User

WITHOUT_DOTS = {"gmail.com", "googlemail.com"}


def of(user_id: UUID) -> list[str]:
    """The folded address and the number of an account, as far as it has them. Needs the service's rights."""
    found = User.objects.filter(id=user_id).values_list("email", "phone").first()
    email, phone = found or (None, None)
    return [*([fold(email)] if email else []), *([phone] if phone else [])]


def fold(email: str) -> str:
    """The one spelling of all addresses that reach the same mailbox."""
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in WITHOUT_DOTS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
