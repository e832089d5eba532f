"""What every answer forbids the browser, read on real answers: pages, replies and refusals."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.urls import reverse

from config.headers import EVERYWHERE
from safety import unit
from tests.config.desk import browser
from tests.config.test_handler import answer, scope
from tests.factories import UserFactory

ANSWERS = [
    ("GET", "/api/profile", 200),
    ("GET", "/api/auth/sessions", 200),
    ("GET", "/connect/status", 200),
    ("GET", "/api/nowhere", 404),
    ("GET", "/", 404),
    ("GET", "/api/people/5", 404),
    ("PUT", "/api/auth/login", 405),
    ("POST", "/api/auth/login", 400),
    ("GET", "/healthz", 200),
    ("GET", "/api/schema", 200),
    ("GET", "/api/docs", 200),
]
each = pytest.mark.parametrize("method, path, status", ANSWERS)


@pytest.fixture
def ask(api):
    def call(method, path, **extra):
        return api(UserFactory()).generic(method, path, b"{}", content_type="application/json", **extra)

    return call


def directives(response):
    given = response.headers["Content-Security-Policy"].split(";")
    return {name: sources for name, *sources in (directive.split() for directive in given)}


@each
def test_every_answer_has_the_common_headers(ask, method, path, status):
    response = ask(method, path)
    assert response.status_code == status
    assert {name: response.headers[name] for name in EVERYWHERE} == EVERYWHERE


@each
def test_no_answer_may_be_framed_or_run_what_stands_in_it(ask, method, path, status):
    policy = directives(ask(method, path))
    assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == (["'none'"],) * 3
    assert "'unsafe-inline'" not in policy.get("script-src", [])


@each
def test_no_answer_is_kept(ask, method, path, status):
    assert ask(method, path).headers["Cache-Control"] == "no-store"


def test_what_nobody_is_answered_is_not_kept_either(api, db):
    assert api().get("/api/profile").headers["Cache-Control"] == "no-store"


def test_a_refusal_before_any_route_is_protected(ask):
    response = ask("GET", "/api/profile", HTTP_HOST="elsewhere.example")
    assert (response.status_code, response.headers["X-Frame-Options"]) == (400, "DENY")
    assert directives(response)["default-src"] == ["'none'"]


def test_a_fault_of_ours_is_protected(ask, monkeypatch):
    def fail(**call):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(unit, "perform", fail)
    response = ask("GET", "/api/profile")
    assert (response.status_code, response.headers["Cache-Control"]) == (500, "no-store")
    assert directives(response)["default-src"] == ["'none'"]


async def test_a_query_that_is_no_text_is_protected():
    _, headers, _ = await answer(scope("GET", "/healthz", b"a=\xff"))
    assert (headers[b"x-content-type-options"], headers[b"cache-control"]) == (b"nosniff", b"no-store")


def test_the_public_settings_may_be_kept_for_a_minute(api, db):
    assert api().get("/api/settings").headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("name", ["admin:login", "admin:index"])
def test_the_admin_runs_scripts_of_ours_only(boss, name):
    response = (browser() if name == "admin:login" else boss).get(reverse(name))
    assert (response.status_code, directives(response)["script-src"]) == (200, ["'self'", "'unsafe-eval'"])
    assert (response.headers["X-Frame-Options"], "no-store" in response.headers["Cache-Control"]) == ("DENY", True)


def test_the_admin_holds_no_script_that_would_not_run(boss, rows):
    for model in ("connect_user", "safety_report", "otp_totp_totpdevice"):
        body = boss.get(reverse(f"admin:{model}_changelist")).content.decode()
        scripts = [part.partition(">")[0] for part in body.split("<script")[1:]]
        assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
        assert not any(f" {event}=" in body for event in ("onclick", "onload", "onerror", "onchange", "onsubmit"))


def test_the_docs_run_scripts_of_ours_only(api, db):
    page = api().get("/api/docs")
    script = api().get("/api/docs?script=")
    assert directives(page)["script-src"] == ["'self'"]
    assert (b"<script>" in page.content, b"SwaggerUIBundle" in script.content) == (False, True)
    assert script.headers["Content-Type"].startswith("application/javascript")


def test_files_may_be_kept(api, db):
    response = api().get(f"{configured.STATIC_URL}drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css")
    assert (response.status_code, "no-store" in response.headers["Cache-Control"]) == (200, False)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


# Production is told by the environment, which only a process of its own can have.
IN_PRODUCTION = """
import json, django
django.setup()
from django.test import Client
answers = [Client().get("/healthz", secure=secure) for secure in (True, False)]
print(json.dumps([[answer.status_code, dict(answer.headers)] for answer in answers]))
"""


def test_production_insists_on_https():
    environment = {**os.environ, "ENVIRONMENT": "production", "ALLOWED_HOSTS": "testserver", "DEBUG": "false"}
    run = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION], env=environment, capture_output=True, text=True, check=True
    )
    (_, secure), (_, plain) = json.loads(run.stdout.splitlines()[-1])
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in plain
