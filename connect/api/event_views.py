"""Where apps tell of their use."""

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.serializers.events import EventsInput, EventsReply
from connect.services import analytics
from safety.api import Endpoint, operation


class EventsView(Endpoint):
    """A batch of events, of whoever consents to `analytics`; sent again, none is kept twice."""

    limits = {"POST": "events"}

    @operation(operation_id="events_record", request=EventsInput, responses={200: EventsReply})
    def post(self, request: Request) -> Response:
        given = self.given(EventsInput)
        stored = analytics.record(by=self.me, events=given.told, now=self.now)
        return Response(EventsReply({"stored": stored, "repeated": len(given.told) - stored}).data)
