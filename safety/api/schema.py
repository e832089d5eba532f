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


MAX_KEY = 128
IDEMPOTENCY_KEY = OpenApiParameter(
    name="Idempotency-Key",
    type={"type": "string", "maxLength": MAX_KEY},
    location=OpenApiParameter.HEADER,
    description="The same key sent again within a day gets the same reply and no second effect.",
)
ACCEPT_LANGUAGE = OpenApiParameter(
    name="Accept-Language",
    type=str,
    location=OpenApiParameter.HEADER,
    description=(
        "The language that words are written in: en or de. Where it names neither, the first of the caller's own "
        "languages that is one of them, else English."
    ),
)
# What any call may be answered, whatever it asks for; the rest depends on the operation.
REFUSALS = {
    400: "Not valid",
    405: "Not a method of this path",
    406: "Not in a form this server speaks",
    413: "The body is too large",
    415: "The body is not in a form this takes",
    429: "Too fast",
    503: "Down",
}
NOT_SIGNED_IN = {401: "Not signed in", 403: "Not allowed"}
NOT_YOURS = {404: "Missing, or not yours"}
CONFLICTS = {409: "Wrong state, or no room"}
KEY_REUSED = {422: "Key used for another request"}
RETRY_AFTER = {"description": "Seconds to wait", "required": True, "schema": {"type": "integer", "minimum": 1}}

# For an operation that names something in its body or query, or whose one thing may be missing.
MISSING = OpenApiResponse(ProblemSerializer, description=NOT_YOURS[404])
# For an operation that only reads, and yet finds what it cannot give in its present state.
WRONG_STATE = OpenApiResponse(ProblemSerializer, description=CONFLICTS[409])


class EndpointSchema(AutoSchema):
    """Security, refusals and the idempotency header, from what the Endpoint says of itself."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation as its view declares it, with every refusal it may answer added to the view's own."""
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            responses = self._problems() | operation["responses"]
            operation["responses"] = dict(sorted(responses.items()))
        return operation

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [] if self._is_public() else [{"bearer": []}]

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and part != "api"]
        return parts[:1]

    def get_override_parameters(self) -> list[Any]:
        keys = [IDEMPOTENCY_KEY] if self._takes_key() else []
        return [*keys, ACCEPT_LANGUAGE] if self.method in getattr(self.view, "worded", ()) else keys

    def _is_public(self) -> bool:
        return bool(getattr(self.view, "public", True))

    def _takes_key(self) -> bool:
        return self.method in getattr(self.view, "idempotent", ())

    def _problems(self) -> dict[str, dict[str, Any]]:
        refusals = dict(REFUSALS)
        refusals |= {} if self._is_public() else NOT_SIGNED_IN
        refusals |= NOT_YOURS if "{" in self.path else {}
        refusals |= {} if self.method == "GET" else CONFLICTS
        refusals |= KEY_REUSED if self._takes_key() else {}
        return {str(status): self._problem(status, reason) for status, reason in refusals.items()}

    def _problem(self, status: int, reason: str) -> dict[str, Any]:
        shape = self.resolve_serializer(ProblemSerializer, "response").ref
        headers = {"headers": {"Retry-After": RETRY_AFTER}} if status == 429 else {}
        return {"description": reason, **headers, "content": {"application/json": {"schema": shape}}}
