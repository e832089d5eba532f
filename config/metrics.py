"""What Prometheus scrapes at `/metrics`: figures that apps read from the database at that moment.

They come from rows, and what is no row from `config.tally`, so that it does not matter which of many processes is
asked.
"""

import hmac
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from config.health import reads
from safety.roles import as_service

Source = Callable[[], Iterable[Metric]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Have these figures scraped; called from `apps.ready()`."""
    _sources.append(source)


def rows_made(model: type[Model]) -> int:
    """How many rows a table was given since PostgreSQL counts, as its own statistics say: no row is looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relid = %s::regclass", [model._meta.db_table])
        return int(cursor.fetchone()[0])


class _Sources(Collector):
    def collect(self) -> Iterable[Metric]:
        return [metric for source in _sources for metric in source()]


@reads
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures, for whoever brings the token of the settings; to everybody else there is nothing here."""
    token = settings.METRICS_TOKEN
    if not token or not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
        raise Http404()
    registry = CollectorRegistry()
    registry.register(_Sources())
    with transaction.atomic(), as_service():
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
