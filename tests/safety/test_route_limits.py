"""Every route counts under a policy that exists (fault 15): walked from the table of routes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from limits import parse_many

from chat import frames
from chat.calls import Call
from chat.handlers import Visitor
from config.docs import DocsView, SchemaView
from safety.api import Endpoint
from safety.unit import Caller
from tests.factories import UserFactory

READS = {"GET", "HEAD"}
APPS = ("chat", "config", "connect", "faces", "matching", "safety", "streaks")

# Whatever lets somebody in, sends a code or a mail, speaks to another, shows oneself to them or spends money:
# without Redis refused.
GUARDED = re.compile(
    r"auth/(register|login|refresh|oauth|phone|password)|/messages$|conversations/.*/images$|connect/chat$|reveal|decision-gate|account/export$|profile/gov_id$|api/baby$"
)
# A reveal of a milestone shows nobody to another.
BOUGHT = "api/streaks/<uuid:streak_id>/reveals/<int:number>/purchase"
# Guarded as soon as it is known that somebody is to be shown; taking that back is up always.
BY_ACTION = {"connect/reveal", BOUGHT}
# Lets in whoever signs the body, and nobody else.
SIGNED = {"api/billing/webhook"}
# Without Redis, and whatever else is down, still there.
ALWAYS_UP = re.compile(r"(^|/)(blocks|reports?|panic-exit)($|/)")
# What is no Endpoint, and what limits it: the admin by its sign-in, probes by nothing.
OTHERS = {"healthz": None, "readyz": None, "metrics": None, "api/schema": SchemaView, "api/docs": DocsView}


def routes(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, getattr(entry.callback, "view_class", entry.callback)
        else:
            yield from routes(entry.url_patterns, path)


def operations() -> list[tuple[str, str, type[Endpoint]]]:
    found = [(path, view) for path, view in routes() if isinstance(view, type) and issubclass(view, Endpoint)]
    return [(m.upper(), path, view) for path, view in found for m in view.http_method_names if hasattr(view, m)]


def policy_of(method: str, view: type[Endpoint]) -> Any:
    return settings.LIMITS[view.limits.get(method, "read" if method in READS else "write")]


def name(value: Any) -> str | None:
    return value if isinstance(value, str) else ""


each = pytest.mark.parametrize(
    ("method", "path", "view"), [one for one in operations() if one[0] != "OPTIONS"], ids=name
)


def test_what_is_no_endpoint_is_known():
    strange = {
        path: view
        for path, view in routes()
        if not path.startswith("admin/") and not (isinstance(view, type) and issubclass(view, Endpoint))
    }
    assert set(strange) == set(OTHERS)
    assert all(strange[path] is view for path, view in OTHERS.items() if view)


@each
def test_a_route_names_policies_that_exist_for_methods_it_has(method, path, view):
    assert set(view.limits.values()) <= set(settings.LIMITS)
    assert {one for one in view.limits if not hasattr(view, one.lower())} == set()


@each
def test_without_redis_the_guarded_refuse_and_the_rest_stays_up(method, path, view):
    guarded = method == "POST" and GUARDED.search(path) is not None and not ALWAYS_UP.search(path)
    assert policy_of(method, view)["sensitive"] == (guarded and path not in BY_ACTION)


@each
def test_asking_for_help_is_counted_only_when_it_is_refused(method, path, view):
    assert (method in view.always) == (method == "POST" and ALWAYS_UP.search(path) is not None)


@each
def test_whatever_nobody_has_signed_in_for_is_counted_by_the_address(method, path, view):
    assert not view.public or "address" in policy_of(method, view)


@each
def test_whatever_somebody_has_signed_in_for_is_counted_by_both(method, path, view):
    assert view.public or {"account", "address"} <= set(policy_of(method, view))


def test_what_lets_nobody_in_without_a_token_is_all_guarded():
    public = {path for method, path, view in operations() if view.public and method == "POST"}
    assert public > SIGNED
    assert all(GUARDED.search(path) for path in public - SIGNED)


@pytest.mark.parametrize("path", ["api/blocks", "connect/report"])
def test_the_walk_finds_what_is_always_up(path):
    assert [m for m, found, _ in operations() if found == path and ALWAYS_UP.search(path) and m == "POST"] == ["POST"]


@pytest.mark.parametrize("policy", settings.LIMITS)
def test_a_policy_says_how_often_and_what_happens_without_redis(policy):
    rules = settings.LIMITS[policy]
    assert set(rules) <= {"account", "address", "sensitive"}
    assert isinstance(rules["sensitive"], bool)
    rates = [rules[scope] for scope in ("account", "address") if scope in rules]
    assert rates
    assert all(parse_many(rate) for rate in rates)


@pytest.mark.parametrize("policy", settings.LIMITS)
def test_a_policy_is_used(policy):
    """`_here` belongs to the policy it is a share of: `safety.attempts`."""
    root = Path(settings.BASE_DIR)
    source = "".join(p.read_text() for app in APPS for p in (root / app).rglob("*.py") if "settings" not in p.parts)
    assert f'"{policy.removesuffix("_here")}"' in source


@pytest.mark.parametrize("frame", frames.SERIALIZERS)
def test_every_frame_counts_and_only_the_guarded_refuse(frame):
    policies = Call(visitor(), "r", frame).to_count.policies
    assert set(policies) <= set(settings.LIMITS)
    guarded = frame in {"chat.send", "gate.decide", "reveal.consent"}
    assert any(settings.LIMITS[one]["sensitive"] for one in policies) == guarded


def visitor():
    return Visitor(Caller("10.0.0.1"), uuid4(), uuid4(), timezone.now())


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_the_description_is_limited_too(api, settings, path):
    settings.LIMITS = {**settings.LIMITS, "schema": {"address": "2/day", "sensitive": False}}
    assert [api(UserFactory()).get(path).status_code for _ in range(3)] == [200, 200, 429]
