from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from chat.enums import (
    REVEAL_STATE_TRANSITIONS,
    STATE_INITIAL,
    STATE_TRANSITIONS,
    CloseReason,
    Kind,
    RevealState,
    State,
    WindowStatus,
)
from chat.models.gate import GateWindow
from config.db import Record
from connect.enums import UserStatus
from connect.models import User
from matching.enums import ConnectionStatus, Side
from safety.models import apart
from safety.schema import RowSecurity, StateMachine, pair

TIMED = Q(kind=Kind.LIVE, state__in=[State.ANONYMOUS, State.DECISION_GATE])
"""Live ones that end by the clock."""

CONNECT = "connect"
"""Who says what neither of the two said."""


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, user_id: UUID) -> Self:
        return self.filter(Q(user_a=user_id) | Q(user_b=user_id))

    def open(self) -> Self:
        return self.exclude(state=State.CLOSED)

    def with_apart(self) -> Self:
        """`apart`: whether one of the two blocked the other; `paused`: whether one is leaving, who may come back.

        Every read and write asks for them, as the service.
        """
        two = User.objects.filter(id__in=[OuterRef("user_a"), OuterRef("user_b")])
        leaving = Exists(two.filter(status=UserStatus.DELETION_PENDING))
        return self.annotate(apart=apart("user_a", "user_b"), paused=leaving)

    def quiet_since(self, moment: datetime) -> Self:
        """Those of active connections of two who could talk and have not; of each silence once. As the service."""
        told = Q(warned_for=F("last_activity_at"))
        open_to_both = self.with_apart().filter(apart=False, paused=False)
        active = open_to_both.filter(state=State.REVEALED, connection__status=ConnectionStatus.ACTIVE)
        return active.filter(last_activity_at__lte=moment).exclude(told)

    def silent_since(self, moment: datetime) -> Self:
        return self.open().filter(kind=Kind.BLIND, state=State.ANONYMOUS, last_activity_at__lte=moment)

    def timed(self) -> Self:
        """Live ones that end by the clock: those whose two have not shown themselves."""
        return self.filter(TIMED)

    def before_first_gate(self) -> Self:
        begun = GateWindow.objects.filter(conversation=OuterRef("pk")).exclude(status=WindowStatus.SCHEDULED)
        return self.timed().filter(~Exists(begun), state=State.ANONYMOUS)

    def without_icebreaker(self, now: datetime) -> Self:
        """Those whose icebreaker is due, and that nobody is writing."""
        return self.filter(icebreaker_due_at__lte=now)

    def with_survivor(self) -> Self:
        """Broken pairings whose survivor has still to go back into the queue."""
        return self.exclude(survivor="")


class Conversation(Record):
    """Two people talking, under pseudonyms until both reveal. `user_a` has the smaller id, as in the match; in a closed
    one the id of somebody who left stands for nobody, and in no order.

    `data_key` is this conversation's own key, wrapped; without it no message of it can be read. `last_seq` numbers
    its durable events without a gap. `warned_for` is the `last_activity_at` that a silence began with of which the two
    were told.

    Of live ones: `closes_at` is when the talk ends unless the two show themselves; `away_a_since` and `away_b_since`,
    kept until the first gate, since when that side has no socket; `survivor` is the side that a broken pairing left
    behind, until it is back in the queue. `prompts_shown` are, by stage, the codes of the prompts it was given there.
    `icebreaker_due_at` is when its first words are to be written for the two, until they are; who writes them moves it
    on for as long as that may take.
    """

    kind = models.CharField(max_length=6, choices=Kind)
    match = models.OneToOneField(
        "matching.Match", on_delete=models.SET_NULL, null=True, blank=True, related_name="conversation"
    )
    connection = models.ForeignKey(
        "matching.Connection",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="conversations",
        db_index=False,
    )
    user_a = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations_as_a", db_index=False
    )
    user_b = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations_as_b", db_index=False
    )
    pseudonym_a = models.CharField(max_length=60)
    pseudonym_b = models.CharField(max_length=60)
    state = models.CharField(max_length=13, choices=State, default=State.ANONYMOUS)
    reveal_state = models.CharField(max_length=8, choices=RevealState, default=RevealState.NONE)
    data_key = models.BinaryField(null=True, editable=False)
    last_seq = models.PositiveBigIntegerField(default=0)
    last_activity_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=10, choices=CloseReason, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    away_a_since = models.DateTimeField(null=True, blank=True)
    away_b_since = models.DateTimeField(null=True, blank=True)
    survivor = models.CharField(max_length=1, choices=Side, blank=True)
    warned_for = models.DateTimeField(null=True, blank=True)
    prompts_shown = models.JSONField(default=dict, blank=True)
    icebreaker_due_at = models.DateTimeField(null=True, blank=True)

    # Of `with_apart`. Whoever did not ask for it cannot pass it over: there is no default.
    apart: bool
    paused: bool

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user_a__lt=F("user_b")) | Q(state=State.CLOSED), name="conversation_ordered_pair"
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(state=State.CLOSED) & Q(closed_at=None, close_reason=""),
                name="conversation_closed_with_reason",
            ),
            StateMachine(
                name="conversation_state",
                field="state",
                transitions=STATE_TRANSITIONS,
                initial=STATE_INITIAL,
            ),
            StateMachine(
                name="conversation_reveal",
                field="reveal_state",
                transitions=REVEAL_STATE_TRANSITIONS,
                initial=[RevealState.NONE, RevealState.MUTUAL],
            ),
            RowSecurity(name="conversation_rls", select=pair("user_a_id", "user_b_id")),
        ]
        indexes = [
            models.Index(
                fields=["connection"], condition=Q(connection__isnull=False), name="conversation_connection_idx"
            ),
            models.Index(fields=["user_a", "-last_activity_at"], name="conversation_a_idx"),
            models.Index(fields=["user_b", "-last_activity_at"], name="conversation_b_idx"),
            models.Index(
                fields=["last_activity_at"],
                condition=Q(kind=Kind.BLIND, state=State.ANONYMOUS),
                name="conversation_silence_idx",
            ),
            models.Index(fields=["closes_at"], condition=TIMED, name="conversation_timed_idx"),
            models.Index(fields=["closed_at"], condition=~Q(survivor=""), name="conversation_survivor_idx"),
            models.Index(
                fields=["icebreaker_due_at"],
                condition=Q(icebreaker_due_at__isnull=False),
                name="conversation_icebreaker_idx",
            ),
            models.Index(fields=["last_activity_at"], condition=Q(state=State.REVEALED), name="conversation_quiet_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.pseudonym_a} & {self.pseudonym_b}"

    def side_of(self, user_id: UUID) -> Side:
        return Side.A if user_id == self.user_a_id else Side.B

    def other(self, user_id: UUID) -> UUID:
        return self.user_b_id if user_id == self.user_a_id else self.user_a_id

    def pseudonym_of(self, user_id: UUID | None) -> str:
        """How one of the two is called here; what neither of them said is Connect's."""
        if user_id is None:
            return CONNECT
        return self.pseudonym_a if user_id == self.user_a_id else self.pseudonym_b
