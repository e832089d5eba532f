"""Alive, and ready."""

import socket
import time
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from config import health

CHECKS = {"database", "redis", "migrations", "workers"}


@pytest.fixture(autouse=True)
def own_heartbeat(monkeypatch, settings):
    monkeypatch.setattr(health, "HEARTBEAT_KEY", f"{settings.REDIS_PREFIX}:worker-seen")


@pytest.fixture
def worker_seen(own_heartbeat):
    health.redis().set(health.HEARTBEAT_KEY, time.time(), ex=60)


@pytest.fixture
def redis_gone(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"


def ready(client):
    response = client.get("/readyz")
    return response.status_code, {name for name, holds in response.json()["checks"].items() if not holds}


def test_the_process_answers_without_a_database(client):
    with patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        assert client.get("/healthz").json() == {"ok": True}


@pytest.mark.django_db
def test_all_four_are_looked_at(client, worker_seen):
    assert set(client.get("/readyz").json()["checks"]) == CHECKS


@pytest.mark.django_db
def test_ready_with_everything_there(client, worker_seen):
    assert ready(client) == (200, set())


@pytest.mark.django_db
def test_not_ready_without_a_worker(client):
    assert ready(client) == (503, {"workers"})


@pytest.mark.django_db
def test_not_ready_when_the_last_worker_was_seen_too_long_ago(client, worker_seen):
    health.redis().set(health.HEARTBEAT_KEY, time.time() - health.WORKER_SILENCE - 1)
    assert ready(client) == (503, {"workers"})


@pytest.mark.django_db
def test_not_ready_without_redis(client, redis_gone):
    assert ready(client) == (503, {"redis", "workers"})


@pytest.mark.django_db
def test_not_ready_with_a_migration_to_run(client, worker_seen):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'safety'")
    assert ready(client) == (503, {"migrations"})


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_database(client, worker_seen):
    connection.close()
    with patch.object(connection, "get_new_connection", side_effect=OperationalError("gone")):
        assert ready(client) == (503, {"database", "migrations"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_it_is_only_read(path, method):
    response = Client(enforce_csrf_checks=True).generic(method, path)
    told = response.status_code, response.json()["code"], response.headers["Allow"]
    assert told == (405, "method_not_allowed", "GET, HEAD")


def test_head_is_reading():
    assert Client().head("/healthz").status_code == 200
