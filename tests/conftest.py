"""What every test may use: the API as people reach it, and a Redis of the test's own."""

import math
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone
from rest_framework.test import APIClient
from whitenoise.middleware import WhiteNoiseMiddleware

from config.celery import app
from connect import tokens
from connect.models import User
from safety import flags, limits
from tests import database, words
from tests.factories import DeviceSessionFactory


@pytest.fixture(autouse=True)
def own_redis_keys(settings: Any, request: pytest.FixtureRequest) -> None:
    """Limits, presence and events of one test are out of reach of every other."""
    settings.REDIS_PREFIX = f"test:{os.getpid()}:{abs(hash(request.node.nodeid))}"


def flags_that_ship() -> flags.Seen:
    return flags.Seen({name: entry[0] for name, entry in configured.CONSTANCE_CONFIG.items()}, math.inf)


@pytest.fixture(autouse=True)
def flags_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """What settings say of flags, at no query; a test of flags starts with `flags.forget()`."""
    monkeypatch.setattr(flags, "_seen", flags_that_ship())


@pytest.fixture(autouse=True)
def rules_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said is judged by `tests.words`, and looking for newer rules costs no test a query."""
    monkeypatch.setattr("safety.rulebook.book", lambda: words.BOOK)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """The database that is made next is a copy of one that is migrated once."""
    with django_db_blocker.unblock(), database.copied_from_template():
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A test with transactions of its own empties at its end what it filled, and leaves what migrations put there."""
    with django_db_blocker.unblock():
        database.remember_what_ships()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", database.forget_what_was_written)
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_listed_once() -> Iterator[None]:
    """Every client looks for all static files at its first call; they are the same for all."""
    listed: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def look_once(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            look(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_worker_listens() -> None:
    """Hints to workers end in this process; that a lost one costs only a delay is what the rows are for."""
    app.conf.broker_url = "memory://"


@pytest.fixture(autouse=True, scope="session")
def quick_argon2() -> Iterator[None]:
    """Argon2 as it ships, of less work: how often it is computed is tested, how long it takes is not."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, little in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, little)
        yield


@pytest.fixture
def now() -> Any:
    return timezone.now()


@pytest.fixture
def own_files(settings: Any, tmp_path: Path) -> Path:
    """Files and mails of one test, in a place of its own."""
    private = settings.STORAGES["private"]
    private = {**private, "OPTIONS": {**private["OPTIONS"], "location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "connect.mail.FolderBackend", tmp_path / "mail"
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def redis_gone(settings: Any) -> Iterator[None]:
    """Nobody listens where Redis should be."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
    limits._script.cache_clear()
    yield
    limits._script.cache_clear()


@contextmanager
def powerless() -> Iterator[None]:
    """The web's login role for the connection in use: what a request does outside of a role fails here too."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE connect_web")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


class Client(APIClient):
    """An API client; requests run under the web's login role, `key` is the Idempotency-Key."""

    def generic(self, method: str, path: str, *args: Any, key: str | None = None, **extra: Any) -> Any:
        if key:
            extra["HTTP_IDEMPOTENCY_KEY"] = key
        with powerless():
            return super().generic(method, path, *args, **extra)


@pytest.fixture
def api(db: None) -> Callable[..., Client]:
    """`api(user)` is a client signed in as `user` on a device of its own; `api()` is nobody."""

    def sign_in(user: User | None = None) -> Client:
        client = Client(raise_request_exception=False)
        if user:
            session = DeviceSessionFactory(user=user)
            token = tokens.access_token(user_id=user.id, session_id=session.id, now=timezone.now())
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return sign_in
