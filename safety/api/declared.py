"""What an operation takes: said once, told to people by the schema, and held to by the Endpoint."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from config.errors import Invalid

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Taken:
    """The query parameters of an operation, and whether it has a body."""

    parameters: frozenset[str] = frozenset()
    body: bool = False


def operation(
    operation_id: str, *, request: Any = None, parameters: Sequence[Any] = (), responses: Any
) -> Callable[[Handler], Handler]:
    """Declare a handler: its body's serializer, its query's serializers or parameters, and what it replies."""
    described = extend_schema(
        operation_id=operation_id, request=request, parameters=list(parameters), responses=responses
    )

    def declare(handler: Handler) -> Handler:
        declared: Any = described(handler)
        declared.takes = Taken(frozenset(name for given in parameters for name in _names(given)), request is not None)
        return declared

    return declare


def hold_to_declared(view: Any, request: Request) -> None:
    """Read the body. Raises a refusal of what is no JSON, and, by name, of whatever the operation does not take.

    Of a method that the path does not have nothing is held to anything: that it has none is the refusal.
    """
    method = (request.method or "").lower()
    handler = getattr(view, "get" if method == "head" else method, None)
    if method not in view.http_method_names or handler is None:
        return
    taken = getattr(handler, "takes", Taken())
    known = taken.parameters | _of_pages(view, method)
    _refuse(set(request.query_params) - known, "There is no such parameter.", "unknown_parameter")
    data = request.data
    if taken.body or data == {}:
        return
    if not isinstance(data, dict):
        raise Invalid("This takes no body.", code="unexpected_body")
    _refuse(set(data), "There is no such field.", "unknown_field")


def _names(parameter: Any) -> list[str]:
    """A serializer stands for all its fields."""
    return [parameter.name] if isinstance(parameter, OpenApiParameter) else list(parameter().fields)


def _of_pages(view: Any, method: str) -> frozenset[str]:
    paginator = getattr(view, "pagination_class", None) if method in {"get", "head"} else None
    return paginator.parameters if paginator else frozenset()


def _refuse(names: set[str], message: str, code: str) -> None:
    if names:
        raise ValidationError({name: [ErrorDetail(message, code=code)] for name in sorted(names)})
