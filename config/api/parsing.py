"""JSON in by orjson, which refuses what is no JSON: NaN, broken UTF-8, half a surrogate pair."""

import re
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Far more than any body of ours has, and less than what orjson can write again.
MAX_DEPTH = 32


class MalformedJSON(ParseError):
    default_code = "malformed_json"


class JSONParser(BaseParser):
    """Raises MalformedJSON, or RequestDataTooBig past DATA_UPLOAD_MAX_MEMORY_SIZE."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            data = orjson.loads(raw)
        except orjson.JSONDecodeError as exc:
            raise MalformedJSON(f"This is not JSON: {exc}") from exc
        if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _is_deep(data):
            raise MalformedJSON(f"This is nested deeper than {MAX_DEPTH} levels.")
        return data


class LenientParser(JSONParser):
    """Whatever is no JSON object, or too large a one, is as if nothing had been sent; for `AnyContent`."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except (MalformedJSON, RequestDataTooBig):
            return {}
        return data if isinstance(data, dict) else {}


class AnyContent(DefaultContentNegotiation):
    """A body goes to the view's first parser, whatever it says it is."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]


class UploadParser(MultiPartParser):
    """Files, each with its name. Raises ParseError, or RequestDataTooBig past the bound of its path."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        most = body_bound(request.path)
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise RequestDataTooBig(f"A body here has at most {most} bytes.")
        return super().parse(stream, media_type, parser_context)


def body_bound(path: str) -> int:
    """The most bytes that a body sent to a path may have."""
    bound: int = settings.UPLOADS.get(_ID.sub("*", path), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    return bound


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [child for entry in level for child in _children(entry)]
    return any(isinstance(entry, dict | list) for entry in level)


def _children(entry: Any) -> Any:
    if isinstance(entry, dict):
        return entry.values()
    return entry if isinstance(entry, list) else ()
