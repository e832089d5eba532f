"""Who takes payments: the embedded sandbox, and Stripe."""

from django.utils.module_loading import import_string

from connect.enums import PaidBy
from connect.providers.base import Provider

BACKENDS = {PaidBy.SANDBOX: "connect.providers.sandbox.Sandbox", PaidBy.STRIPE: "connect.providers.stripe.Stripe"}


def by_name(name: str) -> Provider:
    """The provider that a payment or a subscription names."""
    made: Provider = import_string(BACKENDS[PaidBy(name)])()
    return made
