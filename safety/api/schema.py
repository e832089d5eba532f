"""OpenAPI: what every operation shares is said once."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """The one error shape."""

    code = serializers.CharField()
    message = serializers.CharField()
    details = serializers.DictField()
    request_id = serializers.CharField(allow_blank=True)


IDEMPOTENCY_KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="The same key sent again within a day gets the same reply and no second effect.",
)
REFUSALS = {400: "Not valid", 404: "Missing, or not yours", 409: "Wrong state", 429: "Too fast", 503: "Down"}


class EndpointSchema(AutoSchema):
    """Security, refusals and the idempotency header, from what the Endpoint says of itself."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [] if getattr(self.view, "public", True) else [{"bearer": []}]

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and part != "api"]
        return parts[:1]

    def get_override_parameters(self) -> list[Any]:
        takes_key = self.method in getattr(self.view, "idempotent", ())
        return [IDEMPOTENCY_KEY] if takes_key else []

    def get_response_serializers(self) -> Any:
        declared: Any = super().get_response_serializers()
        if not isinstance(declared, dict):
            declared = {"200": declared}
        refusals = dict(REFUSALS)
        if not getattr(self.view, "public", True):
            refusals |= {401: "Not signed in", 403: "Not allowed"}
        if self.method in getattr(self.view, "idempotent", ()):
            refusals[422] = "Key used for another request"
        problems = {str(k): OpenApiResponse(ProblemSerializer, description=v) for k, v in refusals.items()}
        return problems | {str(status): response for status, response in declared.items()}
