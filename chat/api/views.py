"""Conversations over HTTP; the socket does the same through the same services."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor as Position
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from chat import queries
from chat.api import serializers as s
from chat.enums import CloseReason
from chat.services import conversations, messages
from config.api.pagination import Cursor
from safety.api import Endpoint


class ByActivity(Cursor):
    """The newest words first."""

    ordering = "-last_activity_at"

    def decode_cursor(self, request: Request) -> Position | None:
        """The moment to go on from; one that was not given by us is refused before the database sees it."""
        cursor = CursorPagination.decode_cursor(self, request)
        if cursor and cursor.position:
            try:
                datetime.fromisoformat(str(cursor.position))
            except ValueError as exc:
                raise NotFound(self.invalid_cursor_message) from exc
        return cursor


class ConversationsView(Endpoint):
    """One's own conversations, those with the newest words first."""

    pagination_class = ByActivity

    @extend_schema(operation_id="conversations_list", responses={200: s.ConversationSerializer(many=True)})
    def get(self, request: Request) -> Response:
        paginator = ByActivity()
        page = paginator.paginate_queryset(queries.listed(self.me), request, view=self)
        serializer = s.ConversationSerializer(page, many=True, context={"viewer": self.me})
        return paginator.get_paginated_response(serializer.data)


class ConversationView(Endpoint):
    """One conversation."""

    @extend_schema(operation_id="conversations_retrieve", responses={200: s.ConversationSerializer})
    def get(self, request: Request, conversation_id: UUID) -> Response:
        found = queries.mine(queries.listed(self.me).filter(id=conversation_id))
        return Response(s.ConversationSerializer(found, context={"viewer": self.me}).data)


class MessagesView(Endpoint):
    """What was said, and saying something."""

    limits: ClassVar = {"POST": "chat"}

    @extend_schema(
        operation_id="conversations_messages_list",
        parameters=[s.AfterSerializer],
        responses={200: s.MessagePageSerializer},
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        asked = s.AfterSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        conversation = queries.conversation_of(self.me, conversation_id)
        lines, last_seq = queries.lines(conversation, viewer=self.me, **asked.validated_data)
        return Response(s.MessagePageSerializer({"messages": lines, "last_seq": last_seq}).data)

    @extend_schema(
        operation_id="conversations_messages_send",
        request=s.SendSerializer,
        responses={201: s.SentSerializer},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        said = s.SendSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        message = messages.send(conversation_id=conversation_id, by=self.me, now=self.now, **said.validated_data)
        sent = {"message_id": message.id, "seq": message.seq, "created_at": message.sent_at}
        return Response(s.SentSerializer(sent).data, status=201)


class MessageView(Endpoint):
    """Taking a message back."""

    @extend_schema(operation_id="conversations_messages_retract", responses={200: s.RetractedSerializer})
    def delete(self, request: Request, conversation_id: UUID, seq: int) -> Response:
        messages.retract(conversation_id=conversation_id, by=self.me, seq=seq, now=self.now)
        return Response(s.RetractedSerializer({"seq": seq, "retracted": True}).data)


class ReadView(Endpoint):
    """Having read up to a number."""

    @extend_schema(operation_id="conversations_read", request=s.ReadSerializer, responses={200: s.MarkedSerializer})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        read = s.ReadSerializer(data=request.data)
        read.is_valid(raise_exception=True)
        marked = messages.read(conversation_id=conversation_id, by=self.me, now=self.now, **read.validated_data)
        return Response(s.MarkedSerializer({"marked": marked}).data)


class EndView(Endpoint):
    """Ending a conversation for both; the other side sees that it ended, no more."""

    @extend_schema(operation_id="conversations_end", request=None, responses={200: s.EndedSerializer})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        ended = conversations.close(
            conversation_id=conversation_id, reason=CloseReason.USER_END, by=self.me, now=self.now
        )
        return Response(s.EndedSerializer({"state": ended.state}).data)
