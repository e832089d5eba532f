"""Lists: newest first, by cursor."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor as Position
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class Cursor(CursorPagination):
    """`{"results": [...], "next": url or null}`. Ids sort by time, so they are the cursor."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Position | None:
        """The place to go on from; one that was not given by us is refused here, before the database sees it."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position:
            try:
                UUID(str(cursor.position))
            except ValueError as exc:
                raise NotFound(self.invalid_cursor_message) from exc
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        next_link = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": schema, "next": next_link}
        return {"type": "object", "required": ["results", "next"], "properties": properties}
