"""What everybody may know of how the product is set up."""

from copy import deepcopy
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connect import public_settings, push
from safety import flags
from safety.api import Endpoint, operation

KEPT = "public, max-age=60"


class SettingsReply(serializers.Serializer[Any]):
    """`allow_non_edu_emails`: whether people may sign up with any address, not only with one of a school.

    `vapid_public_key`: what a browser needs to be told by push, null where nobody is. `matching_weights`: what each of
    the six likenesses of two faces weighs, in sum 1; `match_threshold`: from which likeness on, 0 to 1, two are a match.
    """

    allow_non_edu_emails = serializers.BooleanField()
    vapid_public_key = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return super().get_fields() | deepcopy(public_settings.fields())


class SettingsView(Endpoint):
    """The public settings; clients and whatever stands between may keep them for a minute."""

    public = True

    @operation(operation_id="settings", responses={200: SettingsReply})
    def get(self, request: Request) -> Response:
        told = flags.public() | {"vapid_public_key": push.public_key()} | public_settings.values()
        return Response(SettingsReply(told).data, headers={"Cache-Control": KEPT})
