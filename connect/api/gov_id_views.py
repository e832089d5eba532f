"""Proving who one is with one's papers."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.serializers import StrictSerializer
from config.errors import DomainError
from connect import gov_ids
from connect.gov_ids import Proof
from connect.models.profile import LOCKED
from connect.services import gov_ids as service
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class GovIdInput(StrictSerializer):
    """The token of whoever looked at the papers, made with the account's id as its `nonce`. No document comes here."""

    token = serializers.CharField(max_length=8192)


class GovIdReply(serializers.Serializer[Any]):
    """`locked`: what of the profile cannot be changed any more."""

    verified_at = serializers.DateTimeField()
    locked = serializers.ListField(child=serializers.ChoiceField([(name, name) for name in LOCKED]))


class GovIdView(Endpoint):
    """Prove one's identity; kept is a reference, and name, birth date and gender stay as they are."""

    limits: ClassVar = {"POST": "gov_id"}
    proof: Proof | DomainError

    def prepare(self) -> None:
        """The issuer's keys may have to be fetched."""
        sent = GovIdInput(data=self.request.data)
        if sent.is_valid():
            self.proof = gov_ids.read(sent.validated_data["token"], user_id=self.me)

    @operation(operation_id="gov_id_prove", request=GovIdInput, responses={200: GovIdReply, 404: MISSING})
    def post(self, request: Request) -> Response:
        self.given(GovIdInput)
        if isinstance(self.proof, DomainError):
            raise self.proof
        service.prove(user_id=self.me, proof=self.proof, now=self.now)
        return Response(GovIdReply({"verified_at": self.now, "locked": LOCKED}).data)
