"""Somebody with everything, and a look into every corner for what is left of them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from redis import Redis

from chat.services import messages, presence, reveals
from connect import mail
from connect.models import AccountDeletion, Profile, User
from connect.services import exports, post
from matching.models import MatchFeedback
from safety import attempts, limits
from safety.models import Appeal, Report
from safety.services import appeals, audit, cases
from tests.chat.people import Two, make_two, make_user
from tests.factories import UserFactory
from tests.safety.cases import moderator
from tests.safety.rows import fill

NAME, NICKNAME = "Olga Ottilie Oster", "Olgalein"
WORDS = "I have never told this to anybody"

# Every value of every table as text, with what is in bytes.
COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name IN (
  SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
)
"""


@dataclass
class Leaver:
    """A person with a row in every table, and the two they had to do with."""

    user: User
    other: User
    rows: dict[type, Any]
    two: Two

    @property
    def friend(self) -> UUID:
        return self.two.conversation.other(self.user.id)

    @property
    def traces(self) -> list[str]:
        profile = [NAME, NICKNAME, WORDS]
        return [str(self.user.id), self.user.id.hex, str(self.user.email), str(self.user.phone), *profile]


def leaver(open_case: bool = False) -> Leaver:
    number = uuid4()
    user = UserFactory(email=f"olga.{number.hex[:12]}@maitribe.example", phone=f"+49{number.int % 10**11:011d}")
    other = UserFactory()
    rows = fill(user, other)
    Profile.objects.filter(user=user).update(name=NAME, nickname=NICKNAME)
    made = Leaver(user, other, rows, make_two(user.id, make_user().id))
    _talk(made)
    _leave_traces(made)
    _staff(made)
    if not open_case:
        close_cases()
    return made


def close_cases() -> None:
    decider, now = moderator(), timezone.now()
    for report in Report.objects.undecided():
        cases.dismiss(report=report.id, by=decider, statement="Nothing of it is true.", now=now)
    for appeal in Appeal.objects.open():
        appeals.decide(appeal=appeal.id, by=decider, overturn=False, decision="It was as it was.", now=now)


def _talk(made: Leaver) -> None:
    now, conversation = timezone.now(), made.two.conversation
    for by, text in ((made.user.id, WORDS), (made.friend, "Me neither")):
        messages.send(conversation_id=conversation.id, by=by, client_id=uuid4().hex, text=text, now=now)
    offer = reveals.request(conversation_id=conversation.id, by=made.user.id, now=now)
    reveals.accept(reveal_id=offer.id, by=made.friend, now=now)
    match = made.two.match
    MatchFeedback.objects.create(match=match, user_id=made.friend, rating=5, engine_version="1")


def _leave_traces(made: Leaver) -> None:
    """Where no foreign key leads: the audit, the mail, the cache and the files."""
    user, now = made.user, timezone.now()
    audit.record(action="told", actor=made.other.id, entity="x", entity_id=None, people=[{"id": str(user.id)}])
    audit.record(action="asked", actor=user.id, entity="x", entity_id=None)
    presence.renew(sockets=[(user.id, "socket")], now=now)
    for policy in ("read", "chat", "export"):
        limits.check(policy, account=user.id, address="10.0.0.1")
    attempts.count("login", name=str(user.email), address="10.0.0.1")
    exports.build_next(now=now)
    mail.enqueue(to=str(user.email), subject=f"Hello {NICKNAME}", body=f"For {user.email}", now=now)
    post.send_due(now=now)
    mail.enqueue(to=str(user.email), subject="Another", body="Not sent yet", now=now)


def _staff(made: Leaver) -> None:
    """They were staff once, and another of the staff made them that."""
    user = made.user
    user.groups.add(Group.objects.get(name="moderator"))
    TOTPDevice.objects.create(user=user, name="phone")
    kind = ContentType.objects.get_for_model(User)
    for by in (user, made.other):
        LogEntry.objects.create(
            user=by, content_type=kind, object_id=str(user.id), object_repr=str(user), action_flag=CHANGE
        )


def due(made: Leaver, **more: Any) -> AccountDeletion:
    """Their week is over."""
    AccountDeletion.objects.filter(user=made.user).delete()
    User.objects.filter(id=made.user.id).update(status="deletion_pending")
    then = timezone.now() - timedelta(seconds=1)
    return AccountDeletion.objects.create(user=made.user, due_at=then, **more)


def found(traces: list[str]) -> list[str]:
    """Where any of these still stands: in a column, in Redis, in a file."""
    return [*_in_database(traces), *_in_redis(traces), *_in_files(traces)]


def _in_database(traces: list[str]) -> list[str]:
    hits = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT {text} FROM "{table}" WHERE {text} ILIKE ANY(%s)', [[f"%{t}%" for t in traces]])
            hits += [f"{table}.{column}: {value}" for (value,) in cursor.fetchall()]
    return hits


def _in_redis(traces: list[str]) -> list[str]:
    redis = Redis.from_url(settings.REDIS_URL, decode_responses=True)
    hits = []
    for key in redis.scan_iter(match=f"*{settings.REDIS_PREFIX}*"):
        members = redis.zrange(key, 0, -1) if redis.type(key) == "zset" else []
        hits += [f"{key} {members}" for trace in traces if trace in f"{key} {members}"]
    return hits


def _in_files(traces: list[str]) -> list[str]:
    files = [path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file()]
    return [str(p) for p in files if any(trace.encode() in p.read_bytes() for trace in traces)]
