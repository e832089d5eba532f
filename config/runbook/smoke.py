"""The specification's insert-and-select walk as both roles, in a transaction that is rolled back.

Three people who exist only in it: two who meet, and a stranger. Whatever holds for them holds for everybody, since
row policies know no names.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, models, transaction
from psycopg.errors import CheckViolation, InsufficientPrivilege

from config.db import new_id
from config.runbook import seeds
from config.runbook.reports import Line
from safety.roles import acting_as, as_service

MODELS = {seed.table: seed.label for seed in seeds.CONNECT}
# How many of the rows made each may see; the feedback is the first one's own, profiles are everybody's own.
SEEN = {
    "first": {**dict.fromkeys(MODELS, 1)},
    "second": {**dict.fromkeys(MODELS, 1), "match_feedback": 0},
    "a stranger": dict.fromkeys(MODELS, 0),
    "nobody": dict.fromkeys(MODELS, 0),
    "the service": {**dict.fromkeys(MODELS, 1), "connect_profiles": 2},
}
Role = Callable[[], AbstractContextManager[None]]


def walk(*, now: datetime) -> list[Line]:
    """Insert as the service, read as everybody, and try what is forbidden; nothing stays."""
    with transaction.atomic():
        lines = list(_walk(now))
        transaction.set_rollback(True)
    return lines


def _walk(now: datetime) -> Iterator[Line]:
    try:
        with transaction.atomic(), as_service():
            people = [_model("connect.User").create(email=f"{new_id()}@smoke.invalid") for _ in range(3)]
            first, second, stranger = sorted(people, key=lambda person: person.id)
            rows = _insert(first, second, now)
    except DatabaseError as refused:
        yield Line("inserts", "the service", _words(refused), ok=False)
        return
    yield from (Line("inserts", table, f"{len(made)} made") for table, made in rows.items())
    yield from _reads(rows, first.id, second.id, stranger.id)
    yield from _forbidden(rows, first.id, stranger)


def _insert(first: Any, second: Any, now: datetime) -> dict[str, list[Any]]:
    """A row in every table of the flow, in the order of their foreign keys; what is kept once is put twice."""
    pair = {"user_a": first, "user_b": second}
    profiles = [_put_twice("connect_profiles", user=person, defaults={"is_active": True}) for person in (first, second)]
    scored = {"total_score": 80, "engine_version": "smoke", "weight_profile": "smoke", "expires_at": now}
    match = _of("matches").create(**pair, **scored)
    names = {"pseudonym_a": "North Star", "pseudonym_b": "Quiet River"}
    chat = _of("blind_chats").create(kind="blind", match=match, **pair, **names, last_activity_at=now)
    said = {"seq": 1, "client_id": "smoke", "content_ciphertext": b"ciphertext-placeholder", "sent_at": now}
    message = _of("blind_chat_messages").create(conversation=chat, sender=first, **said)
    asked = {"requested_by": first, "requested_to": second, "expires_at": now}
    reveal = _of("reveals").create(match=match, conversation=chat, **asked)
    judged = {"rating": 4, "fit_score": 78, "safety_score": 88, "communication_score": 74, "engine_version": "smoke"}
    feedback = _put_twice("match_feedback", match=match, user=first, defaults=judged)
    made = [profiles, [match], [chat], [message], [reveal], [feedback]]
    return dict(zip(MODELS, made, strict=True))


def _put_twice(table: str, **fields: Any) -> Any:
    _of(table).update_or_create(**fields)
    return _of(table).update_or_create(**fields)[0]


def _reads(rows: dict[str, list[Any]], first: UUID, second: UUID, stranger: UUID) -> Iterator[Line]:
    roles: dict[str, Role] = {
        "first": lambda: acting_as(first),
        "second": lambda: acting_as(second),
        "a stranger": lambda: acting_as(stranger),
        "nobody": lambda: acting_as(None),
        "the service": as_service,
    }
    for name, role in roles.items():
        for table, made in rows.items():
            with role():
                seen = _of(table).filter(pk__in=[row.pk for row in made]).count()
            should = SEEN[name][table]
            yield Line(f"{name} reads", table, f"{seen} of {len(made)}, should be {should}", seen == should)


def _forbidden(rows: dict[str, list[Any]], me: UUID, stranger: Any) -> Iterator[Line]:
    def client() -> AbstractContextManager[None]:
        return acting_as(me)

    match = _of("matches").filter(pk=rows["matches"][0].pk)
    audit = _model("safety.AuditLog").filter(entity_id=rows["matches"][0].pk)
    for table, made in rows.items():
        copy = made[0]
        if table == "connect_profiles":
            copy.user = stranger
        copy.pk = new_id()
        yield _refused(f"a client inserts into {table}", client, partial(copy.save, force_insert=True))
    yield _refused("a client moves a match", client, lambda: match.update(status="accepted_both"))
    yield _refused("the service skips a state", as_service, lambda: match.update(status="revealed"), CheckViolation)
    yield _refused("the service changes the audit", as_service, lambda: audit.update(action="changed"), CheckViolation)


def _refused(what: str, role: Role, act: Callable[[], object], reason: type[Exception] = InsufficientPrivilege) -> Line:
    """That PostgreSQL refuses an act, for the reason it should."""
    try:
        with transaction.atomic(), role():
            act()
    except DatabaseError as refused:
        return Line("refused", what, _words(refused), isinstance(refused.__cause__, reason))
    return Line("refused", what, "was let through", ok=False)


def _of(table: str) -> "models.Manager[Any]":
    return _model(MODELS[table])


def _model(label: str) -> "models.Manager[Any]":
    return apps.get_model(label)._default_manager


def _words(refused: DatabaseError) -> str:
    return str(refused).splitlines()[0]
