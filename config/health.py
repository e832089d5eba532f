"""Is the process alive, and could it serve a person right now?"""

import time
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from redis import Redis

from config.api.errors import not_allowed
from safety.roles import as_service

WORKER_SILENCE = 45
READ = ["GET", "HEAD"]
View = Callable[[HttpRequest], HttpResponse]
HEARTBEAT_KEY = f"{settings.REDIS_PREFIX}:worker-seen"


def redis() -> Redis:
    """A client with short time-outs: a Redis that hangs must not take a caller with it."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def reads(view: View) -> View:
    """A view that is only read; no form of ours leads here, so any other method is told so, not its CSRF token."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method in READ else not_allowed(request, READ)

    return answer


@reads
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"ok": True})


@reads
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, Redis, migrations and workers; 503 while one of them is missing."""
    checks = {
        "database": _holds(_database),
        "redis": _holds(lambda: bool(redis().ping())),
        "migrations": _holds(_migrated),
        "workers": _holds(_workers_seen),
    }
    ready = all(checks.values())
    return JsonResponse({"ok": ready, "checks": checks}, status=200 if ready else 503)


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrated() -> bool:
    with transaction.atomic(), as_service():
        loader = MigrationLoader(connection)
    return set(loader.applied_migrations) >= set(loader.disk_migrations or ())


def _workers_seen() -> bool:
    seen = redis().get(HEARTBEAT_KEY)
    return seen is not None and time.time() - float(seen) < WORKER_SILENCE
