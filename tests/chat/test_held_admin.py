"""The queue of held messages in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from chat.models import HeldMessage
from chat.services import holds
from connect.models import User
from safety.models import AuditLog
from tests import words
from tests.chat.moderation import held, hold_of
from tests.chat.people import frames
from tests.config.desk import act, browser, page, staff
from tests.safety.refusals import refusal_of


@pytest.fixture
def waiting(two):
    return hold_of(held(two))


@pytest.fixture
def moderator(db):
    user = staff()
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_heldmessage", "change_heldmessage"]))
    return user


@pytest.fixture
def desk(moderator):
    return browser(moderator)


@pytest.fixture
def looker(db):
    user = staff()
    user.user_permissions.add(Permission.objects.get(codename="view_heldmessage"))
    return browser(user)


def test_neither_list_nor_page_shows_the_text(desk, waiting):
    pages = [desk.get(page(HeldMessage)), desk.get(page(HeldMessage, "change", waiting.pk))]
    assert [(answer.status_code, words.HELD in answer.content.decode()) for answer in pages] == [(200, False)] * 2
    assert not AuditLog.objects.filter(action="held_read").exists()


def test_asked_for_it_is_shown_and_that_is_on_record(desk, moderator, waiting):
    answer = act(desk, HeldMessage, "read", waiting)
    entry = AuditLog.objects.get(action="held_read")
    assert (words.HELD in answer.content.decode(), entry.actor_id, entry.entity_id) == (True, moderator.pk, waiting.pk)


def test_the_page_offers_the_steps(desk, waiting):
    content = desk.get(page(HeldMessage, "change", waiting.pk)).content.decode()
    assert [f'value="{step}"' in content for step in ("read", "release", "reject")] == [True] * 3


def test_released_from_the_desk_it_is_said(desk, moderator, two, waiting):
    act(desk, HeldMessage, "release", waiting)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.decided_by_id, frames(two, two.b)[-1].data["text"]) == (
        "released",
        moderator.pk,
        words.HELD,
    )


def test_rejected_from_the_desk_it_is_not(desk, two, waiting):
    act(desk, HeldMessage, "reject", waiting)
    waiting.refresh_from_db()
    assert (waiting.status, len(frames(two, two.b))) == ("rejected", 1)


def test_the_audit_of_the_move_names_who_made_it(desk, moderator, waiting):
    act(desk, HeldMessage, "release", waiting)
    moved = AuditLog.objects.get(action="transition", entity_id=waiting.pk, data__to="released")
    assert moved.actor_id == moderator.pk


def test_what_was_decided_is_told_and_stays(desk, waiting):
    act(desk, HeldMessage, "reject", waiting)
    assert "The message is rejected." in act(desk, HeldMessage, "release", waiting).content.decode()


def test_a_decided_one_offers_no_decision(desk, waiting):
    act(desk, HeldMessage, "reject", waiting)
    content = desk.get(page(HeldMessage, "change", waiting.pk)).content.decode()
    assert 'value="release"' not in content


@pytest.mark.parametrize("step", ["read", "release", "reject"])
def test_who_may_only_look_takes_no_step(looker, waiting, step):
    answer = act(looker, HeldMessage, step, waiting)
    waiting.refresh_from_db()
    assert (waiting.status, words.HELD in answer.content.decode()) == ("held", False)
    assert not AuditLog.objects.filter(action="held_read").exists()


# In a conversation of one's own.


@pytest.mark.parametrize("side", ["a", "b"])
@pytest.mark.parametrize("step", ["read", "release", "reject"])
def test_nobody_decides_in_a_conversation_of_their_own(two, waiting, side, step):
    me = User.objects.get(id=getattr(two, side))
    User.objects.filter(id=me.id).update(is_staff=True, is_superuser=True)
    answer = act(browser(me), HeldMessage, step, waiting)
    waiting.refresh_from_db()
    assert (waiting.status, words.HELD in answer.content.decode()) == ("held", False)
    given = {} if step == "read" else {"now": timezone.now()}
    assert refusal_of(getattr(holds, step), hold=waiting.id, by=me.id, **given) == "own_case"
    assert not AuditLog.objects.filter(action="held_read").exists()
