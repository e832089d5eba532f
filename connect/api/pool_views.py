"""Opting in to matching, and out."""

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.serializers.people import ActivateInput, ActivateReply, DeactivateReply
from connect.services import pool
from safety.api import Endpoint, operation


class ActivateView(Endpoint):
    """Opting in to matching, with whom one looks for; doing it again replaces the wishes."""

    idempotent = frozenset({"POST"})

    @operation(operation_id="connect_activate", request=ActivateInput, responses={200: ActivateReply})
    def post(self, request: Request) -> Response:
        serializer = self.given(ActivateInput)
        version = serializer.validated_data["consent_version"]
        profile = pool.activate(user_id=self.me, wishes=serializer.wishes, consent_version=version, now=self.now)
        return Response(ActivateReply({"ok": True, "status": "active", "profile_id": profile.id}).data)


class DeactivateView(Endpoint):
    """Leaving the pool; open proposals close."""

    restricted_allowed = suspended_allowed = True
    idempotent = frozenset({"POST"})
    limits = {"POST": "leave"}

    @operation(operation_id="connect_deactivate", request=None, responses={200: DeactivateReply})
    def post(self, request: Request) -> Response:
        pool.deactivate(user_id=self.me, now=self.now)
        return Response(DeactivateReply({"ok": True, "status": "inactive"}).data)
