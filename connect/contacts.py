"""By what a person is recognised who comes back under another account: the address, the number, and who a provider
says they are.

Here, and for nothing else, an address is folded: lower case, without what follows a plus in its local part, and at
Gmail (googlemail.com is the same) without dots. All of these reach one mailbox. Signing in and mail use the address
as it was given. A phone number is E.164 already.
"""

from uuid import UUID

from connect.enums import Provider
from connect.models import AuthIdentity, User

WITHOUT_DOTS = {"gmail.com", "googlemail.com"}


def of(user_id: UUID) -> list[str]:
    """The folded address, the number and the providers' words of an account, as far as it has them.

    Needs the service's rights.
    """
    found = User.objects.filter(id=user_id).values_list("email", "phone").first()
    email, phone = found or (None, None)
    provided = AuthIdentity.objects.filter(user=user_id).exclude(provider=Provider.PASSWORD)
    subjects = [f"{provider}:{subject}" for provider, subject in provided.values_list("provider", "provider_subject")]
    return [*([fold(email)] if email else []), *([phone] if phone else []), *subjects]


def fold(email: str) -> str:
    """The one spelling of all addresses that reach the same mailbox."""
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in WITHOUT_DOTS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
