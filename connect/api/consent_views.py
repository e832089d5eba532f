"""What a person allows."""

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.paging import ListEndpoint
from connect.api.serializers.people import ConsentInput, ConsentReply, ConsentSerializer
from connect.enums import Purpose
from connect.models import Consent
from connect.services import consents
from safety.api import operation


class ConsentsView(ListEndpoint):
    """The ledger of what a person allows, and changing it."""

    restricted_allowed = suspended_allowed = True
    limits = {"POST": "leave"}

    @operation(operation_id="consents_list", responses={200: ConsentSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return self.page(Consent.objects.filter(user=self.me), ConsentSerializer)

    @operation(operation_id="consents_set", request=ConsentInput, responses={200: ConsentReply})
    def post(self, request: Request) -> Response:
        asked = self.given(ConsentInput).validated_data
        deleted = consents.set_to(
            user_id=self.me,
            purpose=Purpose(asked["purpose"]),
            version=asked["version"],
            granted=asked["granted"],
            now=self.now,
        )
        return Response({"purpose": asked["purpose"], "granted": asked["granted"], "deleted": deleted})
