"""The one error shape: `{"code", "message", "details", "request_id"}`, and the status each refusal gets."""

from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from psycopg_pool import PoolTimeout, TooManyRequests
from rest_framework import exceptions as drf
from rest_framework.request import Request
from rest_framework.response import Response

from config import errors
from config.api.rendering import JSONRenderer

logger = structlog.get_logger(__name__)

STATUS: dict[type[errors.DomainError], int] = {
    errors.Invalid: 400,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.ConsentMissing: 403,
    errors.NotYours: 404,
    errors.WrongState: 409,
    errors.CapacityReached: 409,
    errors.KeyReused: 422,
    errors.TooFast: 429,
    errors.Unavailable: 503,
}
# Codes that only say that a field is wrong; any other code of a field names a situation and becomes the answer's own.
GENERIC_CODES = {"invalid", "required", "null", "blank", "error", "parse_error"}


@dataclass(frozen=True)
class Problem:
    """A refusal, told in the words of any transport."""

    status: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        return {"code": self.code, "message": self.message, "details": self.details, "request_id": request_id}


def describe(exc: BaseException) -> Problem | None:
    """The refusal an exception stands for; None when it is a fault of ours."""
    match exc:
        case errors.DomainError():
            return Problem(_status_of(exc), exc.code, exc.message, exc.details)
        case drf.ValidationError():
            return _of_validation(exc)
        case drf.APIException():
            return Problem(exc.status_code, str(exc.default_code), str(exc.detail))
        case Http404():
            return Problem(404, errors.NotYours.code, errors.NotYours.message)
        case PermissionDenied():
            return Problem(403, errors.Forbidden.code, errors.Forbidden.message)
        case RequestDataTooBig():
            message = str(exc) or f"A body has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes."
            return Problem(413, "body_too_large", message)
        case IntegrityError():
            return _of_constraint(exc)
        case OperationalError() | PoolTimeout() | TooManyRequests():
            logger.warning("database_unavailable", error=str(exc))
            return Problem(503, errors.Unavailable.code, errors.Unavailable.message)
    return None


def _status_of(exc: errors.DomainError) -> int:
    return next(STATUS[kind] for kind in type(exc).__mro__ if kind in STATUS)


def _of_validation(exc: drf.ValidationError) -> Problem:
    details = _flatten(exc.get_full_details())
    codes = {entry["code"] for entries in details.values() for entry in entries} - GENERIC_CODES
    code = codes.pop() if len(codes) == 1 else errors.Invalid.code
    return Problem(400, code, _first_message(details), details)


def _flatten(full: Any, path: str = "") -> dict[str, list[dict[str, str]]]:
    """DRF's nested error details as one level: dotted field name -> list of {code, message}."""
    if isinstance(full, dict) and set(full) != {"code", "message"}:
        children = [(f"{path}.{_shown(key)}" if path else _shown(key), value) for key, value in full.items()]
    elif isinstance(full, list) and any(not _is_leaf(entry) for entry in full):
        children = [(f"{path}.{position}", value) for position, value in enumerate(full) if value]
    else:
        leaves = full if isinstance(full, list) else [full]
        return {path or "non_field_errors": [{k: _shown(leaf[k]) for k in ("code", "message")} for leaf in leaves]}
    return {name: entries for key, value in children for name, entries in _flatten(value, key).items()}


def _shown(value: Any) -> str:
    """A part of a refusal that may repeat what was sent; PostgreSQL, which keeps refusals, stores no NUL."""
    return str(value).replace("\0", "\N{REPLACEMENT CHARACTER}")


def _is_leaf(entry: Any) -> bool:
    return isinstance(entry, dict) and set(entry) == {"code", "message"}


def _first_message(details: dict[str, list[dict[str, str]]]) -> str:
    name, entries = next(iter(details.items()), ("", [{"message": errors.Invalid.message}]))
    return entries[0]["message"] if name in {"", "non_field_errors"} else f"{name}: {entries[0]['message']}"


def _of_constraint(exc: IntegrityError) -> Problem:
    """A rule the database refused first: a race that the service's own check could not see."""
    diagnosis = getattr(exc.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    logger.info("constraint_refused", constraint=name)
    if getattr(exc.__cause__, "sqlstate", "") == "23514":
        return Problem(409, errors.WrongState.code, errors.WrongState.message)
    return Problem(409, "conflict", "This conflicts with something that exists.")


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler; None lets a fault of ours become a logged 500."""
    problem = describe(exc)
    if problem is None:
        return None
    _answer_in_json(context.get("request"))
    headers = {"Retry-After": str(exc.retry_after)} if isinstance(exc, errors.TooFast) else {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(problem.body(), status=problem.status, headers=headers)


def _answer_in_json(request: Request | None) -> None:
    """A refusal is JSON, whatever a view renders otherwise: the schema YAML, its documentation HTML."""
    if request is not None:
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """The 400 of a request that is refused before any route is looked at: a foreign Host, a path that is no text."""
    return JsonResponse(Problem(400, errors.Invalid.code, errors.Invalid.message).body(), status=400)


def not_allowed(request: HttpRequest, allowed: list[str]) -> JsonResponse:
    """The 405 of a path that is no Endpoint."""
    refused = drf.MethodNotAllowed(request.method or "")
    problem = Problem(refused.status_code, refused.default_code, str(refused.detail))
    return JsonResponse(problem.body(), status=problem.status, headers={"Allow": ", ".join(allowed)})


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """The 404 of a path that no route has."""
    return JsonResponse(Problem(404, errors.NotYours.code, errors.NotYours.message).body(), status=404)


def server_error(request: HttpRequest) -> JsonResponse:
    """The 500 of a fault of ours; what happened stands in the log under the request id."""
    problem = Problem(500, "server_error", "Something went wrong on our side.")
    return JsonResponse(problem.body(), status=500)
