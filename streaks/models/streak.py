from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from config.db import Record
from safety.models import apart
from safety.schema import RowSecurity, StateMachine, pair
from streaks.engine.states import DAYS
from streaks.enums import ENDED_STREAK, RUNNING, STREAK_INITIAL, STREAK_TRANSITIONS, StreakStatus

_UNBROKEN = [StreakStatus.ACTIVE, StreakStatus.AT_RISK, StreakStatus.RESET, *ENDED_STREAK]
_LOW_TODAY, _HIGH_TODAY = Q(low_on=F("day"), low_on__isnull=False), Q(high_on=F("day"), high_on__isnull=False)
_LOW_NOT, _HIGH_NOT = Q(low_on=None) | Q(low_on__lt=F("day")), Q(high_on=None) | Q(high_on__lt=F("day"))


class StreakQuerySet(models.QuerySet["Streak"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(Q(user_low=user_id) | Q(user_high=user_id))

    def open(self) -> Self:
        return self.exclude(status__in=ENDED_STREAK)

    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now)

    def with_apart(self) -> Self:
        """`apart`: whether one of the two blocked the other. Every read and write asks for it, as the service."""
        return self.annotate(apart=apart("user_low", "user_high"))


class Streak(Record):
    """Days in a row on which two connected people both checked in; `user_low` has the smaller id, but in an ended one
    the id of somebody who left stands for nobody.

    `day` is the date it stands at, by the clock of `timezone`, which does not change; `low_on` and `high_on` are the
    last dates either checked in on. `current_day` counts the days of this cycle that both completed. `broken_on` is the
    day that broke it last, `broken_count` what comes back with it, and `breaker` the one who missed it, while it is not
    yet mended. `closed_on` is the day at whose end the window for it closed, and `earlier` the breaks before it that
    stand, as `[on, closed_on, took]`, oldest first. At `due_at` the clock moves it on; at `notice_due_at` somebody is
    to be told where it stands.
    """

    connection = models.ForeignKey("matching.Connection", on_delete=models.CASCADE, related_name="streaks")
    user_low = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="streaks_as_low")
    user_high = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="streaks_as_high")
    timezone = models.CharField(max_length=64)
    status = models.CharField(max_length=14, choices=StreakStatus, default=StreakStatus.ACTIVE)
    current_day = models.PositiveSmallIntegerField(default=0)
    cycle = models.PositiveIntegerField(default=1)
    started_on = models.DateField()
    day = models.DateField()
    low_on = models.DateField(null=True, blank=True)
    high_on = models.DateField(null=True, blank=True)
    breaker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    broken_on = models.DateField(null=True, blank=True)
    broken_count = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(null=True, blank=True)
    earlier = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    notice_due_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    # Of `with_apart`. Whoever did not ask for it cannot pass it over: there is no default.
    apart: bool

    objects = StreakQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user_low__lt=F("user_high")) | Q(status__in=ENDED_STREAK), name="streak_ordered_pair"
            ),
            models.UniqueConstraint(
                fields=["connection"], condition=~Q(status__in=ENDED_STREAK), name="streak_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status=StreakStatus.COMPLETED, current_day=DAYS)
                | Q(~Q(status=StreakStatus.COMPLETED), current_day__lt=DAYS),
                name="streak_completed_at_the_last_day",
            ),
            models.CheckConstraint(
                condition=Q(breaker=None, status__in=_UNBROKEN)
                | Q(
                    Q(breaker=F("user_low")) | Q(breaker=F("user_high")),
                    # Said, since a comparison with nobody is neither true nor false, and a check refuses only false.
                    breaker__isnull=False,
                    status__in=[StreakStatus.PAYMENT_WINDOW, StreakStatus.RESET],
                    broken_on__isnull=False,
                ),
                name="streak_breaker_while_broken",
            ),
            models.CheckConstraint(
                condition=~Q(status=StreakStatus.PAYMENT_WINDOW)
                | Q(current_day__gt=0, broken_count__gte=F("current_day"), broken_on__lt=F("day"), closed_on=None),
                name="streak_window_has_something_to_save",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(broken_on__isnull=False, closed_on__gt=F("broken_on")),
                name="streak_window_closed_after_it_broke",
            ),
            models.CheckConstraint(
                condition=Q(earlier=[]) | Q(broken_on__isnull=False), name="streak_broken_before_and_since"
            ),
            models.CheckConstraint(
                condition=~Q(status=StreakStatus.RESET) | Q(current_day=0, broken_on__isnull=False),
                name="streak_reset_starts_over",
            ),
            models.CheckConstraint(
                condition=~Q(status=StreakStatus.AT_RISK) | (_LOW_TODAY & _HIGH_NOT) | (_HIGH_TODAY & _LOW_NOT),
                name="streak_at_risk_for_one",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RUNNING, due_at__isnull=False) | Q(~Q(status__in=RUNNING), due_at=None),
                name="streak_due_while_running",
            ),
            models.CheckConstraint(
                condition=Q(status=StreakStatus.COMPLETED, completed_at__isnull=False)
                | Q(~Q(status=StreakStatus.COMPLETED), completed_at=None),
                name="streak_completed_when",
            ),
            models.CheckConstraint(
                condition=Q(status=StreakStatus.TERMINATED, ended_at__isnull=False)
                | Q(~Q(status=StreakStatus.TERMINATED), ended_at=None),
                name="streak_ended_when",
            ),
            models.CheckConstraint(
                condition=Q(cycle__gte=1, broken_count__lt=DAYS, day__gte=F("started_on")), name="streak_counts"
            ),
            StateMachine(name="streak_status", field="status", transitions=STREAK_TRANSITIONS, initial=STREAK_INITIAL),
            RowSecurity(name="streak_rls", select=pair("user_low_id", "user_high_id")),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="streak_due_idx"),
            models.Index(fields=["notice_due_at"], condition=Q(notice_due_at__isnull=False), name="streak_notice_idx"),
            models.Index(fields=["broken_on"], condition=Q(broken_on__isnull=False), name="streak_broken_idx"),
            models.Index(fields=["closed_on"], condition=Q(closed_on__isnull=False), name="streak_closed_idx"),
            GinIndex(
                fields=["earlier"], condition=~Q(earlier=[]), opclasses=["jsonb_path_ops"], name="streak_earlier_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"day {self.current_day} ({self.status})"

    def other(self, user_id: UUID) -> UUID:
        return self.user_high_id if user_id == self.user_low_id else self.user_low_id

    def last_check_in(self, user_id: UUID) -> date | None:
        return self.low_on if user_id == self.user_low_id else self.high_on
