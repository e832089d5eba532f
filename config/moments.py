"""Moments out of the database, read in a fraction of the time that Django's own reader takes.

Django takes each apart by a regular expression. A page of a list has dozens.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import BaseTzLoader, get_adapters_template


class MomentLoader(BaseTzLoader):
    """What Django's own gives; what Python cannot read, such as infinity, is its own to refuse."""

    timezone = UTC

    def load(self, data: Any) -> Any:
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)
        except ValueError:
            return super().load(data)


def read_fast() -> None:
    """For every connection made from now on."""
    get_adapters_template(settings.USE_TZ, UTC).register_loader("timestamptz", MomentLoader)
