"""The queue for live conversations, and whom it brought together."""

from typing import ClassVar
from uuid import UUID

from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response

from connect.queries import languages
from matching import queries_of_queue as queries
from matching.api.queue_serializers import SessionSerializer, WaitSerializer, told
from matching.services import queue
from matching.signals import session_seen
from safety.api import Endpoint, operation


class QueueView(Endpoint):
    """How the caller's wait stands; asking for it is a sign of being there."""

    @operation(operation_id="queue", responses={200: WaitSerializer})
    def get(self, request: Request) -> Response:
        queue.see(by=self.me, now=self.now)
        return Response(told(queries.wait_of(self.me, self.now)))


class JoinView(Endpoint):
    """Wait for somebody to talk to. Joining twice is waiting once."""

    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "queue"}

    @operation(operation_id="queue_join", request=None, responses={200: WaitSerializer})
    def post(self, request: Request) -> Response:
        queue.join(by=self.me, now=self.now)
        return Response(told(queries.wait_of(self.me, self.now)))


class LeaveView(Endpoint):
    """Wait no longer; leaving twice is leaving once."""

    limits: ClassVar = {"POST": "leave"}

    @operation(operation_id="queue_leave", request=None, responses={200: WaitSerializer})
    def post(self, request: Request) -> Response:
        queue.leave(by=self.me, now=self.now)
        return Response(told(queries.wait_of(self.me, self.now)))


class SessionView(Endpoint):
    """One pairing of the caller, and why it was made; asking for it is a sign of being there."""

    worded = frozenset({"GET"})

    @operation(operation_id="session", responses={200: SessionSerializer})
    def get(self, request: Request, session_id: UUID) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        with translation.override(language):
            data = SessionSerializer(queries.session(session_id, self.me)).data
        session_seen.send(sender=SessionView, match_id=session_id, by=self.me, now=self.now)
        return Response(data, headers={"Content-Language": language, "Vary": "Accept-Language"})
