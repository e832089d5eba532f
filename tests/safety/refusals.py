"""How a service refuses."""

import pytest
from django.db import transaction

from config.errors import DomainError


def refusal_of(service, **given):
    """The code of the refusal that a call must meet."""
    with pytest.raises(DomainError) as refused, transaction.atomic():
        service(**given)
    return refused.value.code
