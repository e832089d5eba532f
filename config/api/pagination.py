"""Lists: newest first, by cursor."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import orjson
from django.core.signing import Signer
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare
from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from config.errors import Invalid

CURSOR = "cursor"
LIMIT = "limit"
Position = Sequence[str]
"""The values of a row by which its list is ordered."""


class Cursor(BasePagination):
    """`{"results": [...], "next": url or null}`, by the place of the last row and not by a count of rows.

    A cursor is signed for its own list: one that was not given by us is refused before the database sees it.
    """

    # All descending; the last tells every row from every other. Ids sort by time.
    order: ClassVar[tuple[str, ...]] = ("id",)
    page_size = 50
    max_page_size = 200
    parameters: ClassVar = frozenset({CURSOR, LIMIT})

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """One page. Raises Invalid (invalid_cursor), or ValidationError for the limit."""
        return self.paginate(request, lambda after, limit: self._rows(queryset, after, limit))

    def paginate(self, request: Request, fetch: Callable[[Position | None, int], list[Any]]) -> list[Any]:
        """The same with the rows after a position from `fetch`, in this order and that many at most."""
        self.request = request
        limit = self._limit()
        rows = fetch(self._position(), limit + 1)
        self._last = rows[limit - 1] if len(rows) > limit else None
        return rows[:limit]

    def get_next_link(self) -> str | None:
        if self._last is None:
            return None
        told = orjson.dumps([str(getattr(self._last, name)) for name in self.order]).decode()
        signed = f"{_signature(told, self.request.path)}{told}"
        return replace_query_param(self.request.build_absolute_uri(), CURSOR, b64encode(signed.encode()).decode())

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_link = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": schema, "next": next_link}
        return {"type": "object", "required": ["results", "next"], "properties": properties}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        described = {CURSOR: ("Where to go on, from `next`.", {"type": "string"}), LIMIT: ("Rows a page.", limit)}
        return [
            {"name": name, "in": "query", "required": False, "description": words, "schema": schema}
            for name, (words, schema) in described.items()
        ]

    def _limit(self) -> int:
        given = self.request.query_params.get(LIMIT)
        if given is None:
            return self.page_size
        field = serializers.IntegerField(min_value=1, max_value=self.max_page_size)
        try:
            return int(field.run_validation(given))
        except serializers.ValidationError as exc:
            raise serializers.ValidationError({LIMIT: exc.detail}) from exc

    def _position(self) -> Position | None:
        cursor = self.request.query_params.get(CURSOR)
        if cursor is None:
            return None
        try:
            signed = b64decode(cursor, validate=True).decode("ascii")
        except (NotBase64, ValueError):
            signed = ""
        signature, mark, told = signed.partition("[")
        if not constant_time_compare(signature, _signature(mark + told, self.request.path)):
            raise Invalid("This cursor was not given for this list.", code="invalid_cursor")
        position: Position = orjson.loads(mark + told)
        return position

    def _rows(self, queryset: QuerySet[Any], after: Position | None, limit: int) -> list[Any]:
        rows = queryset.order_by(*(f"-{name}" for name in self.order))
        return list((rows.filter(below(self.order, after)) if after else rows)[:limit])


def below(order: Sequence[str], position: Sequence[Any]) -> Q:
    """The rows that come after a position, all its values descending."""
    (name, *names), (value, *values) = order, position
    first = Q(**{f"{name}__lt": value})
    return first | Q(**{name: value}) & below(names, values) if names else first


def _signature(told: str, path: str) -> str:
    return Signer(salt=f"cursor:{path}").signature(told)
