from django.conf import settings
from django.db import models

from config.db import Record
from safety.schema import RowSecurity, owner


class AnalyticsEvent(Record):
    """Something a person did in an app that the server would not know of; only while they consent to `analytics`.

    `client_id` is the app's own id of the event, by which one that is sent again is recognised; `session_id` the app's
    id of the visit. `properties` are those that `connect.events` declares for the name: numbers, switches and words out
    of fixed lists, never text and never anybody else's id.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="analytics_events")
    client_id = models.UUIDField()
    session_id = models.UUIDField(null=True, blank=True)
    event_name = models.CharField(max_length=40)
    properties = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    ingested_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client_id"], name="analytics_event_once"),
            RowSecurity(name="analytics_event_rls", select=owner()),
        ]
        indexes = [
            models.Index(fields=["user", "created_at", "event_name"], name="analytics_event_user_idx"),
            models.Index(fields=["ingested_at"], name="analytics_event_time_idx"),
            models.Index(fields=["occurred_at"], name="analytics_event_day_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} {self.occurred_at:%Y-%m-%d %H:%M}"


class DailyFigure(Record):
    """How often something happened on one day, made by SQL that each app contributes through `config.figures`.

    `metric` and `bucket` are that app's words; `pathway` and `engine_version` are empty where it has none. `number`
    counts, `total` sums what a mean is made of. No row is about a person; small numbers are shown to nobody but admins.
    """

    day = models.DateField()
    metric = models.CharField(max_length=40)
    bucket = models.CharField(max_length=60, blank=True)
    pathway = models.CharField(max_length=20, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    number = models.PositiveBigIntegerField()
    total = models.FloatField(default=0)

    class Meta:
        permissions = [("watch_dailyfigure", "Can look at the dashboard")]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "day", "bucket", "pathway", "engine_version"], name="daily_figure_once"
            ),
            RowSecurity(name="daily_figure_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.bucket} {self.day}"
