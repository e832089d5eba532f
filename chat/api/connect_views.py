"""The conversation half of `/connect/*`, and where a person stands in all of it."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from chat import queries
from chat.api import connect_serializers as s
from chat.models import Reveal
from chat.services import messages, reports, reveals
from chat.services.drafts import MessageRefused
from chat.services.receipts import receipt
from config import logs
from safety import limits
from safety.api import Endpoint, operation
from safety.api.schema import MISSING, WRONG_STATE
from safety.models import Report

_OFFERS = {"request": reveals.request, "withdraw": reveals.withdraw}
_ANSWERS = {"accept": reveals.accept, "decline": reveals.decline}
# Not showing oneself after all, and not wanting to see, is no haste.
_SHOWING = {"request", "accept"}


class StatusView(Endpoint):
    """Where the caller stands."""

    @operation(operation_id="connect_status", responses={200: s.ConnectStatusSerializer})
    def get(self, request: Request) -> Response:
        status = {
            "ok": True,
            "active": queries.is_active(self.me),
            "current": queries.current(self.me),
        }
        return Response(s.ConnectStatusSerializer(status).data)


class BlindChatView(Endpoint):
    """What was said in a blind chat, and saying something."""

    limits: ClassVar = {"POST": "chat"}

    @operation(
        operation_id="connect_chat_list",
        parameters=[s.BlindChatAskSerializer],
        responses={200: s.BlindChatPageSerializer, 404: MISSING, 409: WRONG_STATE},
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(s.BlindChatAskSerializer)
        conversation_id = asked.validated_data.pop("blind_chat_id")
        logs.about(conversation_id)
        conversation = queries.conversation_of(self.me, conversation_id)
        lines, last_seq = queries.lines(conversation, viewer=self.me, **asked.validated_data)
        return Response(s.BlindChatPageSerializer({"ok": True, "messages": lines, "last_seq": last_seq}).data)

    @operation(
        operation_id="connect_chat_send",
        request=s.BlindChatSendSerializer,
        responses={200: s.BlindChatSentSerializer, 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        said = self.given(s.BlindChatSendSerializer)
        logs.about(said.validated_data["blind_chat_id"])
        try:
            message = messages.send(
                conversation_id=said.validated_data["blind_chat_id"],
                by=self.me,
                client_id=said.validated_data["client_id"],
                text=said.validated_data["message"],
                now=self.now,
            )
        except MessageRefused as refused:
            return self.refusal(refused)
        return Response(s.BlindChatSentSerializer({"ok": True, **receipt(message)}).data)


class RevealView(Endpoint):
    """Asking for the mutual reveal, and answering."""

    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "leave"}

    @operation(
        operation_id="connect_reveal", request=s.RevealSerializer, responses={200: s.RevealedSerializer, 404: MISSING}
    )
    def post(self, request: Request) -> Response:
        asked = self.given(s.RevealSerializer)
        reveal = self._act(by=self.me, **asked.validated_data)
        done = {"ok": True, "reveal_state": reveals.state_of(reveal), "reveal_id": reveal.id}
        return Response(s.RevealedSerializer(done).data)

    def _act(self, *, action: str, by: UUID, **target: UUID) -> Reveal:
        if action in _SHOWING:
            limits.check("reveal", account=by, address=self.caller.address)
        if action in _ANSWERS:
            return _ANSWERS[action](reveal_id=target["reveal_id"], by=by, now=self.now)
        conversation = queries.conversation_of_match(by, target["match_id"])
        return _OFFERS[action](conversation_id=conversation.id, by=by, now=self.now)


class ReportView(Endpoint):
    """Asking for help against the other side; the two are separated at once."""

    restricted_allowed = True
    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "report"}
    always: ClassVar = frozenset({"POST"})

    @operation(
        operation_id="connect_report",
        request=s.ConnectReportSerializer,
        responses={200: s.ConnectReportedSerializer, 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        told = self.given(s.ConnectReportSerializer)
        report = self._file(by=self.me, **told.validated_data)
        return Response(s.ConnectReportedSerializer({"ok": True, "report_id": report.id}).data)

    def _file(self, *, by: UUID, **told: Any) -> Report:
        if "match_id" in told:
            return reports.about_match(by=by, now=self.now, **told)
        conversation_id = told.pop("blind_chat_id")
        return reports.about_conversation(conversation_id=conversation_id, by=by, now=self.now, **told)
