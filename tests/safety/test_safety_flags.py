"""Silent marks on people."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError

from config.errors import NotYours, WrongState
from safety.enums import FlagKind, ReportReason
from safety.models import AuditLog, SafetyFlag
from safety.roles import acting_as
from safety.services import flags
from safety.signals import flags_dismissed
from tests.safety.cases import WARNING
from tests.safety.refusals import refusal_of
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


# What one thing raised on two people is one case.


@pytest.fixture
def both(flag, now):
    return flag, mark(now, source_id=flag.source_id)


@pytest.fixture
def dismissed():
    """The flags of each case in which there was nothing."""
    told = []

    def listen(**given):
        told.append([flag.id for flag in given["flags"]])

    flags_dismissed.connect(listen)
    yield told
    flags_dismissed.disconnect(listen)


def test_flags_of_two_are_resolved_together(both, dismissed, now):
    flags.resolve(flag=both[1].id, by=person().id, now=now)
    assert not SafetyFlag.objects.live().exists()
    assert AuditLog.objects.filter(action="flag_resolved").count() == 2
    assert dismissed == [[flag.id for flag in both]]


def test_a_flag_of_another_kind_or_source_is_not_resolved_along(flag, dismissed, now):
    others = [mark(now), mark(now, source_id=flag.source_id, kind=FlagKind.OFF_PLATFORM)]
    flags.resolve(flag=flag.id, by=person().id, now=now)
    assert set(SafetyFlag.objects.live()) == set(others)
    assert dismissed == [[flag.id]]


def test_where_a_measure_followed_from_one_of_two_nothing_is_dismissed(both, dismissed, now):
    by, (one, other) = person().id, both
    flags.act(
        flag=one.id, by=by, measure=WARNING, reason_code=ReportReason.OTHER, statement="One account is enough.", now=now
    )
    assert list(SafetyFlag.objects.live()) == [other]
    flags.resolve(flag=other.id, by=by, now=now)
    assert not SafetyFlag.objects.live().exists()
    assert dismissed == []


def test_none_of_the_two_decides_about_the_other(both, now):
    one, other = both
    assert refusal_of(flags.resolve, flag=one.id, by=other.user_id, now=now) == "own_case"
    assert SafetyFlag.objects.live().count() == 2


def test_a_case_of_a_colleague_is_not_resolved_by_the_flag_of_the_other(flag, now):
    mark(now, user=person(is_staff=True).id, source_id=flag.source_id)
    assert refusal_of(flags.resolve, flag=flag.id, by=person(is_staff=True).id, now=now) == "staff_case"
    assert SafetyFlag.objects.live().count() == 2
