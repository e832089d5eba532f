"""Fixtures of people."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connect.signals import payment_refunded, payment_settled
from tests.connect.books import PRICES, StandIn
from tests.factories import UserFactory


@pytest.fixture
def payer(db: Any, settings: Any, tmp_path: Path) -> Any:
    """Somebody who pays, in a sandbox whose books are the test's own."""
    settings.SANDBOX_PATH = tmp_path / "payments"
    return UserFactory()


@pytest.fixture
def heard() -> Iterator[list[tuple[str, Any]]]:
    """What the apps above are told of payments, in order."""
    told: list[tuple[str, Any]] = []

    def settled(payment: Any, **kwargs: Any) -> None:
        told.append(("settled", payment.id))

    def refunded(payment: Any, **kwargs: Any) -> None:
        told.append(("refunded", payment.id))

    payment_settled.connect(settled)
    payment_refunded.connect(refunded)
    yield told
    payment_settled.disconnect(settled)
    payment_refunded.disconnect(refunded)


@pytest.fixture
def their(settings: Any, now: Any) -> Iterator[StandIn]:
    """A Stripe on this machine, which takes the payments."""
    with StandIn(int(now.timestamp())) as books:
        settings.PAYMENT_PROVIDER, settings.STRIPE_URL, settings.STRIPE_KEY = "stripe", books.url, "sk_test_ours"
        settings.STRIPE_PRICES, settings.STRIPE_WEBHOOK_SECRET = PRICES, "whsec_ours"
        yield books
