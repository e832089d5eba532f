"""The schema as a client reads it, and replies held against it."""

import re
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from jsonschema import Draft202012Validator, FormatChecker
from orjson import loads

FORMATS = FormatChecker(["uuid", "date", "email"])
PROBLEM = {"$ref": "#/components/schemas/Problem"}


@FORMATS.checks("date-time", ValueError)
def is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@cache
def schema() -> dict[str, Any]:
    return dict(loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(public=True))))


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(m.upper(), path, op) for path, methods in schema()["paths"].items() for m, op in methods.items()]


def operation(method: str, path: str) -> dict[str, Any]:
    return dict(schema()["paths"][path][method.lower()])


def name(value: Any) -> str:
    return value if isinstance(value, str) else value["operationId"]


def view(path: str) -> Any:
    """The Endpoint behind a path of the schema."""
    return resolve(re.sub(r"{\w+}", str(uuid4()), numbered(path))).func.view_class


def numbered(path: str) -> str:
    """A path with something in the place of each parameter that is no id."""
    return path.replace("{seq}", "1").replace("{number}", "1").replace("{server}", "partner")


def violations(method: str, path: str, reply: Any) -> list[str]:
    """What in a reply the operation does not declare: its status, its media type, or something in its body."""
    declared = operation(method, path)["responses"].get(str(reply.status_code))
    if declared is None:
        return [f"{reply.status_code} is not declared: {reply.content!r}"]
    if "content" not in declared:
        return [f"a body is not declared: {reply.content!r}"] if reply.content else []
    media_type = reply.headers["Content-Type"]
    if media_type not in declared["content"]:
        return [f"{media_type} is not declared"]
    return _mistakes(declared["content"][media_type]["schema"], reply.json())


def _mistakes(shape: dict[str, Any], body: Any) -> list[str]:
    validator = Draft202012Validator({**shape, "components": schema()["components"]}, format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
