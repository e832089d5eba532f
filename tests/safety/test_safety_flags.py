"""Silent marks on people."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError

from config.errors import NotYours, WrongState
from safety.enums import FlagKind
from safety.models import AuditLog, SafetyFlag
from safety.roles import acting_as
from safety.services import flags
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag(now):
    return mark(now)


def mark(now, **fields):
    values = {"kind": FlagKind.RISKY_TEXT, "source_kind": "message", "source_id": uuid4(), "data": {"risk": 80}}
    user = fields.pop("user", None) or person().id
    return flags.raise_flag(user=user, now=now, **values | fields)


def test_a_flag_says_why_and_since_when(flag, now):
    found = SafetyFlag.objects.get()
    assert (found.kind, found.data, found.created_at) == ("risky_text", {"risk": 80}, now)


def test_one_source_raises_a_kind_once(flag, now):
    again = mark(now, user=flag.user_id, source_id=flag.source_id, data={"risk": 1})
    assert (again.id, SafetyFlag.objects.get().data) == (flag.id, {"risk": 80})


@pytest.mark.parametrize(
    "other", [{"kind": FlagKind.OFF_PLATFORM}, {"source_id": uuid4()}, {"source_kind": "conversation"}, {"user": None}]
)
def test_another_kind_source_or_person_is_another_flag(flag, now, other):
    same = {"user": flag.user_id, "source_id": flag.source_id}
    mark(now, **same | {name: value or person().id for name, value in other.items()})
    assert SafetyFlag.objects.count() == 2


def test_a_person_does_not_see_their_flags(flag, now):
    with acting_as(flag.user_id), pytest.raises(ProgrammingError, match="permission denied"):
        SafetyFlag.objects.count()


def test_a_client_raises_a_flag_on_itself_through_the_service(flag, now):
    with acting_as(flag.user_id):
        mark(now, user=flag.user_id)
    assert SafetyFlag.objects.filter(user=flag.user_id).count() == 2


def test_a_flag_is_resolved_once(flag, now):
    moderator = person().id
    flags.resolve(flag=flag.id, by=moderator, now=now)
    assert (SafetyFlag.objects.live().count(), AuditLog.objects.get(action="flag_resolved").actor_id) == (0, moderator)
    with pytest.raises(WrongState):
        flags.resolve(flag=flag.id, by=moderator, now=now)


def test_a_resolved_flag_is_not_raised_again_by_its_source(flag, now):
    flags.resolve(flag=flag.id, by=person().id, now=now)
    assert mark(now, user=flag.user_id, source_id=flag.source_id).resolved_at == now


def test_a_missing_flag_is_not_found(now, db):
    with pytest.raises(NotYours):
        flags.resolve(flag=uuid4(), by=uuid4(), now=now)
