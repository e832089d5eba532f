"""Keeping two people apart."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db.utils import ProgrammingError
from django.utils import timezone

from config.errors import Invalid, NotYours
from safety.enums import BlockSource
from safety.models import AuditLog, Block, BlockedIdentity
from safety.roles import acting_as, as_service
from safety.services import blocks
from safety.signals import user_blocked
from tests.safety.rows import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(db):
    return person().id


@pytest.fixture
def other(db):
    return person().id


def block(by, whom, **fields):
    values = {"source": BlockSource.MANUAL, "now": timezone.now(), **fields}
    return blocks.block(by=by, other=whom, **values)


@contextmanager
def heard():
    told = []

    def listen(**said):
        told.append({key: said[key] for key in ("blocker_id", "blocked_id", "source")})

    user_blocked.connect(listen)
    try:
        yield told
    finally:
        user_blocked.disconnect(listen)


def test_a_block_works_both_ways(me, other):
    block(me, other)
    assert (Block.objects.between(me, other).exists(), Block.objects.between(other, me).exists()) == (True, True)


def test_without_a_block_there_is_none(me, other):
    assert not Block.objects.between(me, other).exists()


def test_a_client_can_block(me, other):
    with acting_as(me):
        made = block(me, other)
    assert Block.objects.get().id == made.id


def test_only_its_author_sees_it(me, other):
    block(me, other)
    with acting_as(other):
        seen_by_other = Block.objects.count()
    with acting_as(me):
        assert (Block.objects.count(), seen_by_other) == (1, 0)


def test_the_blocked_one_is_still_apart_though_they_see_no_block(me, other):
    block(me, other)
    with acting_as(other):
        assert not Block.objects.between(other, me).exists()
        with as_service():
            assert Block.objects.between(other, me).exists()


def test_blocking_twice_is_one_block(me, other):
    assert (block(me, other).id == block(me, other).id, Block.objects.count()) == (True, 1)


def test_both_may_block_each_other(me, other):
    block(me, other), block(other, me)
    assert Block.objects.count() == 2


def test_nobody_blocks_themselves(me):
    with pytest.raises(Invalid) as refused:
        block(me, me)
    assert refused.value.code == "own_block"


def test_nobody_blocks_somebody_who_does_not_exist(me):
    with pytest.raises(NotYours):
        block(me, uuid4())


def test_the_list_shows_how_the_other_was_known(me, other):
    assert block(me, other, alias="Quiet Fox").alias == "Quiet Fox"


def test_the_apps_above_are_told(me, other):
    with heard() as told:
        block(me, other)
    assert told == [{"blocker_id": me, "blocked_id": other, "source": "manual"}]


def test_a_block_is_recorded_once(me, other):
    block(me, other), block(me, other)
    entry = AuditLog.objects.get(action="blocked")
    assert (entry.actor_id, entry.data) == (me, {"source": "manual"})


def test_its_author_lifts_it(me, other):
    blocks.lift(block_id=block(me, other).id, by=me)
    assert not Block.objects.between(me, other).exists()


def test_lifting_is_recorded(me, other):
    made = block(me, other)
    blocks.lift(block_id=made.id, by=me)
    assert AuditLog.objects.get(action="unblocked").entity_id == made.id


def test_nobody_else_lifts_it(me, other):
    made = block(me, other)
    with pytest.raises(NotYours):
        blocks.lift(block_id=made.id, by=other)
    assert Block.objects.between(me, other).exists()


def test_lifting_what_is_not_there_is_the_same_refusal(me):
    with pytest.raises(NotYours):
        blocks.lift(block_id=uuid4(), by=me)


def test_it_is_said_whether_a_block_is_new(me, other):
    values = {"source": BlockSource.MANUAL, "now": timezone.now(), "alias": "Quiet Fox"}
    made = [blocks.get_or_block(by=me, other=other, **values)[1] for _ in range(2)]
    assert made == [True, False]


def test_a_block_outlives_the_blocked_account(me, other):
    made = block(me, other, alias="Quiet Fox")
    get_user_model().objects.filter(id=other).delete()
    left = Block.objects.get(id=made.id)
    assert (left.blocked_id, left.alias, left.identities.count()) == (None, "Quiet Fox", 1)


def test_it_does_not_outlive_its_author(me, other):
    block(me, other)
    get_user_model().objects.filter(id=me).delete()
    assert (Block.objects.count(), BlockedIdentity.objects.count()) == (0, 0)


def test_what_a_blocked_person_is_reached_by_stands_with_every_block(me, other):
    third = person().id
    made = [block(by, other) for by in (me, third)]
    digests = {tuple(one.identities.values_list("digest", flat=True)) for one in made}
    assert len(digests) == 1


def test_a_lifted_block_keeps_no_hash(me, other):
    blocks.lift(block_id=block(me, other).id, by=me)
    assert not BlockedIdentity.objects.exists()


def test_a_client_reads_no_hash(me, other):
    block(me, other)
    with acting_as(me), pytest.raises(ProgrammingError):
        BlockedIdentity.objects.count()
