"""Conversations over HTTP; the socket does the same through the same services."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from chat import queries
from chat.api import serializers as s
from chat.enums import CloseReason, State
from chat.services import conversations, gates, messages, pairings, panic, reveals
from chat.services.drafts import MessageRefused
from chat.services.receipts import receipt
from config.api.pagination import Cursor
from config.api.parsing import AnyContent, LenientParser
from safety.api import Endpoint, operation
from safety.api.schema import WRONG_STATE


class ByWords(Cursor):
    """The newest words first."""

    order = queries.BY_WORDS


class ConversationsView(Endpoint):
    """One's own conversations, those with the newest words first."""

    pagination_class = ByWords

    @operation(operation_id="conversations_list", responses={200: s.ConversationSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = ByWords()
        page = paginator.paginate(request, lambda after, limit: queries.listed_page(self.me, after, limit))
        serializer = s.ConversationSerializer(page, many=True, context={"viewer": self.me})
        return paginator.get_paginated_response(serializer.data)


class ConversationView(Endpoint):
    """One conversation."""

    @operation(operation_id="conversations_retrieve", responses={200: s.ConversationDetailSerializer})
    def get(self, request: Request, conversation_id: UUID) -> Response:
        found = queries.mine(queries.listed(self.me).filter(id=conversation_id))
        pairings.see(found, by=self.me, now=self.now)
        context = {"viewer": self.me, "gates": queries.gates(found, viewer=self.me)}
        return Response(s.ConversationDetailSerializer(found, context=context).data)


class MessagesView(Endpoint):
    """What was said, and saying something."""

    limits: ClassVar = {"POST": "chat"}

    @operation(
        operation_id="conversations_messages_list",
        parameters=[s.AfterSerializer],
        responses={200: s.MessagePageSerializer, 409: WRONG_STATE},
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        asked = self.asked(s.AfterSerializer)
        conversation = queries.conversation_of(self.me, conversation_id)
        pairings.see(conversation, by=self.me, now=self.now)
        lines, last_seq = queries.lines(conversation, viewer=self.me, **asked.validated_data)
        return Response(s.MessagePageSerializer({"messages": lines, "last_seq": last_seq}).data)

    @operation(
        operation_id="conversations_messages_send",
        request=s.SendSerializer,
        responses={201: s.SentSerializer},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        said = self.given(s.SendSerializer)
        try:
            message = messages.send(conversation_id=conversation_id, by=self.me, now=self.now, **said.validated_data)
        except MessageRefused as refused:
            return self.refusal(refused)
        pairings.see(message.conversation, by=self.me, now=self.now)
        return Response(s.SentSerializer(receipt(message)).data, status=201)


class MessageView(Endpoint):
    """Taking a message back."""

    @operation(operation_id="conversations_messages_retract", responses={200: s.RetractedSerializer})
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        messages.retract(conversation_id=conversation_id, by=self.me, seq=seq, now=self.now)
        return Response(s.RetractedSerializer({"seq": seq, "retracted": True}).data)


class ReadView(Endpoint):
    """Having read up to a number."""

    @operation(operation_id="conversations_read", request=s.ReadSerializer, responses={200: s.MarkedSerializer})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        read = self.given(s.ReadSerializer)
        marked = messages.read(conversation_id=conversation_id, by=self.me, now=self.now, **read.validated_data)
        return Response(s.MarkedSerializer({"marked": marked}).data)


class EndView(Endpoint):
    """Ending a conversation for both; the other side sees that it ended, no more."""

    limits: ClassVar = {"POST": "leave"}

    @operation(operation_id="conversations_end", request=None, responses={200: s.EndedSerializer})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        ended = conversations.close(
            conversation_id=conversation_id, reason=CloseReason.USER_END, by=self.me, now=self.now
        )
        return Response(s.EndedSerializer({"state": ended.state}).data)


class GateView(Endpoint):
    """Deciding at the gate that is open."""

    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "reveal"}

    @operation(
        operation_id="conversations_decision_gate", request=s.DecisionSerializer, responses={200: s.DecidedSerializer}
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        said = self.given(s.DecisionSerializer)
        stand = gates.decide(conversation_id=conversation_id, by=self.me, now=self.now, **said.validated_data)
        return Response(s.DecidedSerializer(stand).data)


class ConsentView(Endpoint):
    """Offering to show oneself, or accepting the other's offer; it stands until it is answered."""

    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "reveal"}

    @operation(operation_id="conversations_reveal_consent", request=None, responses={200: s.ConsentedSerializer})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        reveal = reveals.request(conversation_id=conversation_id, by=self.me, now=self.now)
        told = {"reveal_state": reveals.state_of(reveal), "reveal_id": reveal.id}
        return Response(s.ConsentedSerializer(told).data)


class PanicView(Endpoint):
    """Getting out at once: the conversation ends for both, the other is blocked and reported. Nothing holds it up, no
    body either.
    """

    parser_classes = (LenientParser,)
    content_negotiation_class = AnyContent
    restricted_allowed = True
    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "panic"}
    always: ClassVar = frozenset({"POST"})

    @operation(operation_id="conversations_panic_exit", request=s.PanicSerializer, responses={200: s.LeftSerializer})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        said = self.given(s.PanicSerializer)
        report = panic.leave(conversation_id=conversation_id, by=self.me, now=self.now, **said.validated_data)
        return Response(s.LeftSerializer({"state": State.CLOSED, "report_id": report.id}).data)
