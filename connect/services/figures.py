"""Making the figures of days: what the apps count, by their SQL, held to what is stored."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from config import figures
from config.figures import Source
from safety.roles import as_service

KEY = "metric, day, bucket, pathway, engine_version"
# One statement: rows that are no more go, new ones come, and of the rest only what changed is written.
_STATEMENT = f"""
WITH fresh (metric, day, bucket, pathway, engine_version, number, total) AS MATERIALIZED (
    {{sql}}
), gone AS (
    DELETE FROM connect_dailyfigure standing
    WHERE metric = ANY(%(metrics)s) AND day >= %(day)s AND NOT EXISTS (
        SELECT FROM fresh WHERE (fresh.metric, fresh.day, fresh.bucket, fresh.pathway, fresh.engine_version)
            = (standing.metric, standing.day, standing.bucket, standing.pathway, standing.engine_version)
    )
)
INSERT INTO connect_dailyfigure AS standing ({KEY}, number, total)
SELECT {KEY}, number, coalesce(total, 0) FROM fresh ORDER BY {KEY}
ON CONFLICT ({KEY}) DO UPDATE SET number = EXCLUDED.number, total = EXCLUDED.total
WHERE (standing.number, standing.total) IS DISTINCT FROM (EXCLUDED.number, EXCLUDED.total)
"""


def make(*, now: datetime) -> int:
    """Count the last days anew, each source in its own transaction; how many figures changed or are new."""
    return sum(_make(source, now) for source in figures.sources())


def _make(source: Source, now: datetime) -> int:
    day = now.astimezone(UTC).date() - (
        settings.FIGURES_MADE_ANEW if source.days is None else timedelta(days=source.days - 1)
    )
    since = datetime.combine(day, time(), UTC)
    values: dict[str, Any] = {"since": since, "since_id": least_id(since), "day": day, "metrics": list(source.metrics)}
    if source.given:
        values["given"] = Jsonb(source.given(day))
    with transaction.atomic(), as_service(), connection.cursor() as cursor:
        cursor.execute(_STATEMENT.format(sql=source.sql), values)
        return int(cursor.rowcount)


def least_id(moment: datetime) -> UUID:
    """The least UUIDv7 of a moment; by it rows of a time are found without an index on their time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
