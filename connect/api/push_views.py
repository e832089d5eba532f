"""The browsers a person is told on."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import NotSignedIn
from connect.api.serializers.push import PushDeviceInput, PushDeviceSerializer
from connect.services import push_devices
from safety.api import Endpoint, operation


class PushDevicesView(Endpoint):
    """Being told on this browser, as long as one is signed in on it."""

    limits = {"POST": "push_device"}

    @operation(operation_id="push_devices_register", request=PushDeviceInput, responses={201: PushDeviceSerializer})
    def post(self, request: Request) -> Response:
        subscription = self.given(PushDeviceInput).subscription
        if self.caller.session_id is None:
            raise NotSignedIn()
        device = push_devices.register(
            user_id=self.me, session_id=self.caller.session_id, subscription=subscription, now=self.now
        )
        return Response(PushDeviceSerializer(device).data, status=201)


class PushDeviceView(Endpoint):
    """One browser."""

    limits = {"DELETE": "leave"}

    @operation(operation_id="push_devices_remove", responses={204: None})
    def delete(self, request: Request, device_id: UUID) -> Response:
        push_devices.remove(device_id=device_id, user_id=self.me)
        return Response(status=204)
