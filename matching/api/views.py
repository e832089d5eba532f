"""The calls of /api/* that belong to matching."""

from rest_framework.request import Request
from rest_framework.response import Response

from matching import queries
from matching.api.serializers import ChartSerializer
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class ChartView(Endpoint):
    """One's own chart, as far as one's consents go."""

    @operation(operation_id="profile_chart", responses={200: ChartSerializer, 404: MISSING})
    def get(self, request: Request) -> Response:
        return Response(ChartSerializer(queries.own_chart(self.me)).data)
