"""The same request twice has one effect and one reply."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from config import prepared
from config.db import new_id
from config.errors import KeyReused
from safety.crypto import keyed_hash
from safety.models import IdempotencyKey
from safety.roles import as_service

KEPT = timedelta(hours=24)

# Waits for a twin that is still answering. An expired key is free again. No row back: the key is taken.
_CLAIM = """
INSERT INTO safety_idempotencykey AS held (id, user_id, key, scope, request_hash, expires_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, key) DO UPDATE
SET scope = excluded.scope, request_hash = excluded.request_hash, expires_at = excluded.expires_at,
    response_code = NULL, response_body = NULL
WHERE held.expires_at <= %s
RETURNING id
"""
_KEEP = "UPDATE safety_idempotencykey SET response_code = %s, response_body = %s WHERE user_id = %s AND key = %s"


@dataclass(frozen=True)
class Reply:
    """What was answered: a status and a JSON body."""

    status: int
    body: Any


@dataclass(frozen=True)
class Claim:
    """A client's key with the request it stands for."""

    user_id: UUID
    key: str
    scope: str
    fingerprint: bytes

    @property
    def request_hash(self) -> str:
        return keyed_hash(self.scope.encode() + b"\0" + self.fingerprint, "idempotency")


def take(claim: Claim, *, now: datetime) -> Reply | None:
    """Claim the key for this transaction; the stored reply if it was answered before.

    Raises KeyReused when the key stands for another request.
    """
    row: list[Any] = [new_id(), claim.user_id, claim.key, claim.scope, claim.request_hash, now + KEPT, now]
    if prepared.execute(_CLAIM, row).fetchone():
        return None
    return _reply_of(IdempotencyKey.objects.get(user=claim.user_id, key=claim.key), claim)


def find(claim: Claim, *, now: datetime) -> Reply | None:
    """The stored reply, without taking the key. Raises KeyReused when the key stands for another request."""
    live = IdempotencyKey.objects.filter(user=claim.user_id, key=claim.key, expires_at__gt=now)
    held = live.exclude(response_code=None).first()
    return _reply_of(held, claim) if held else None


def _reply_of(held: IdempotencyKey, claim: Claim) -> Reply:
    if held.request_hash != claim.request_hash:
        raise KeyReused()
    return Reply(status=held.response_code or 500, body=held.response_body)


def settle(claim: Claim, reply: Reply) -> None:
    """Keep the reply for whoever sends the request again; one that only says "later" frees the key instead."""
    if reply.status >= 500 or reply.status == 429:
        IdempotencyKey.objects.filter(user=claim.user_id, key=claim.key).delete()
        return
    body = None if reply.body is None else Jsonb(reply.body)
    prepared.execute(_KEEP, [reply.status, body, claim.user_id, claim.key])


def clear_expired(*, now: datetime) -> int:
    """Forget replies that nobody may ask for again."""
    with as_service():
        return IdempotencyKey.objects.filter(expires_at__lte=now).delete()[0]
