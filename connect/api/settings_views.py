"""What everybody may know of how the product is set up."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from safety import flags
from safety.api import Endpoint, operation

KEPT = "public, max-age=60"


class SettingsReply(serializers.Serializer[Any]):
    """`allow_non_edu_emails`: whether people may sign up with any address, not only with one of a school."""

    allow_non_edu_emails = serializers.BooleanField()


class SettingsView(Endpoint):
    """The public settings; clients and whatever stands between may keep them for a minute."""

    public = True

    @operation(operation_id="settings", responses={200: SettingsReply})
    def get(self, request: Request) -> Response:
        return Response(SettingsReply(flags.public()).data, headers={"Cache-Control": KEPT})
