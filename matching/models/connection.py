from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from config.db import Record
from matching.enums import (
    CONNECTION_TRANSITIONS,
    ENDED_CONNECTION,
    ConnectionEventType,
    ConnectionStatus,
    Origin,
    Server,
)
from safety.models import apart
from safety.schema import RowSecurity, StateMachine, pair, through


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(Q(user_low=user_id) | Q(user_high=user_id))

    def with_apart(self) -> Self:
        """`apart`: whether one of the two blocked the other; to be asked as the service."""
        return self.annotate(apart=apart("user_low", "user_high"))

    def counted(self) -> Self:
        """Those that take a place of both their people."""
        return self.standing().filter(origin=Origin.DISCOVERY)

    def standing(self) -> Self:
        return self.filter(status__in=[ConnectionStatus.ACTIVE, ConnectionStatus.ARCHIVED])


class Connection(Record):
    """A confirmed mutual edge between two people; `user_low` has the smaller id. `server` says where in discovery.

    In one that ended the id of somebody who left stands for nobody, and in no order.
    """

    user_low = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections_as_low")
    user_high = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections_as_high"
    )
    origin = models.CharField(max_length=13, choices=Origin)
    server = models.CharField(max_length=10, choices=Server, blank=True)
    match = models.ForeignKey(
        "matching.Match", on_delete=models.SET_NULL, null=True, blank=True, related_name="connections"
    )
    status = models.CharField(max_length=10, choices=ConnectionStatus, default=ConnectionStatus.ACTIVE)
    ended_by = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Of `with_apart`.
    apart: bool

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user_low__lt=F("user_high")) | Q(status__in=ENDED_CONNECTION),
                name="connection_ordered_pair",
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.DISCOVERY, server__in=Server.values)
                | ~Q(origin=Origin.DISCOVERY) & Q(server=""),
                name="connection_server_of_discovery",
            ),
            models.UniqueConstraint(
                fields=["user_low", "user_high"],
                condition=Q(status__in=[ConnectionStatus.ACTIVE, ConnectionStatus.ARCHIVED]),
                name="connection_one_per_pair",
            ),
            StateMachine(
                name="connection_status",
                field="status",
                transitions=CONNECTION_TRANSITIONS,
                initial=[ConnectionStatus.ACTIVE],
            ),
            RowSecurity(name="connection_rls", select=pair("user_low_id", "user_high_id")),
        ]
        indexes = [
            models.Index(fields=["user_low", "status"], name="connection_low_idx"),
            models.Index(fields=["user_high", "status"], name="connection_high_idx"),
            models.Index(fields=["status"], name="idx_mutual_connections_status"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} ({self.status})"

    def other(self, user_id: UUID) -> UUID:
        return self.user_high_id if user_id == self.user_low_id else self.user_low_id


class ConnectionEvent(Record):
    """The timeline of a connection. `due_at`: when the two are to be reminded of what they mean to do."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="events")
    event_type = models.CharField(max_length=20, choices=ConnectionEventType)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            RowSecurity(name="connection_event_rls", select=through("matching_connection", "connection_id")),
        ]
        indexes = [
            models.Index(fields=["connection", "created_at"], name="connection_event_idx"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="connection_event_due_idx"),
        ]

    def __str__(self) -> str:
        return self.event_type
