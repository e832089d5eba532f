"""Fault 19: erasure leaves no row, vector, file, cache entry or search result; what an open case needs waits for it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from chat import timeline
from chat.enums import CloseReason, State
from chat.models import Conversation, ConversationEvent, Message
from chat.services import messages, presence
from config.errors import NotYours
from connect.enums import Purpose, UserStatus
from connect.models import AccountDeletion, Consent, Disclosure, User
from connect.services import consents, erasures
from matching.enums import ConnectionStatus, MatchStatus
from matching.models import Connection, Match, MatchFeedback
from safety import personal_data
from safety.models import AuditLog, Block, Report
from safety.roles import acting_as, as_service
from tests.connect.leavers import close_cases, due, found, leaver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files")]


@pytest.fixture
def gone():
    """Somebody with everything, erased."""
    made = leaver()
    due(made)
    erasures.erase_due(now=timezone.now())
    return made


# What is left.


def test_before_the_leaver_is_everywhere(own_files: Path):
    made = leaver()
    places = found(made.traces)
    for place in (
        "chat_message.sender_id",
        "safety_auditlog.data",
        ":presence",
        "LIMITER",
        "/mail/",
        "django_admin_log",
    ):
        assert any(place in hit for hit in places), place
    assert [path.suffix for path in (own_files / "private" / "exports").iterdir()] == [".zip"]


def test_nothing_is_left(gone, own_files):
    assert found(gone.traces) == []
    assert list((own_files / "private" / "exports").iterdir()) == []


def test_no_foreign_key_leads_nowhere(gone):
    connection.check_constraints()


def test_the_empty_row_in_their_place_says_nothing(gone):
    tombstone = User.objects.get(status=UserStatus.DELETED)
    facts = (tombstone.email, tombstone.phone, tombstone.password, tombstone.last_seen_at)
    assert facts == (None, None, "!", None)
    assert tombstone.created_at > gone.user.created_at


def test_somebody_who_met_nobody_leaves_no_row_at_all():
    made = User.objects.create(email="alone@maitribe.example", password="!")
    User.objects.filter(id=made.id).update(status=UserStatus.DELETION_PENDING)
    AccountDeletion.objects.create(user=made, due_at=timezone.now() - timedelta(seconds=1))
    erasures.erase_due(now=timezone.now())
    assert not User.objects.exists()


def test_no_column_of_an_account_is_forgotten():
    """A new one is emptied, or stands here because it says nothing of anybody."""
    kept = {"id", "created_at", "updated_at", "status"}
    assert {field.name for field in User._meta.concrete_fields} == {*erasures.EMPTY, *kept}


# What the others keep.


def test_the_others_keep_their_accounts(gone):
    assert User.objects.filter(id__in=[gone.other.id, gone.friend], status=UserStatus.ACTIVE).count() == 2


def test_a_conversation_ended_and_the_other_is_told_no_more(gone):
    conversation = gone.two.fresh()
    assert (conversation.state, conversation.close_reason) == (State.CLOSED, CloseReason.ERASED)
    last = ConversationEvent.objects.filter(conversation=conversation).latest("seq")
    frame = timeline.frame_of(conversation, last, viewer=gone.friend)
    assert (frame.type, frame.data["state"]) == ("chat.state", "closed")


def test_the_other_keeps_their_own_words_and_not_the_leavers(gone):
    frames = messages.after(conversation=gone.two.fresh(), after_seq=0, limit=100, viewer=gone.friend)
    said = [(f.data["from"], f.data["text"], f.data["retracted"]) for f in frames if f.type == "chat.message"]
    assert said == [("them", None, True), ("me", "Me neither", False)]


def test_the_numbers_of_its_events_have_no_gap(gone):
    seqs = ConversationEvent.objects.filter(conversation=gone.two.conversation).order_by("seq")
    assert [event.seq for event in seqs] == list(range(1, gone.two.fresh().last_seq + 1))


def test_the_other_sees_nobody_any_more(gone):
    assert not Disclosure.objects.filter(viewer=gone.friend).exists()


def test_connection_and_match_ended_for_the_other(gone):
    edge = Connection.objects.of(gone.friend).get()
    match = Match.objects.of(gone.friend).get()
    assert (edge.status, match.status) == (ConnectionStatus.TERMINATED, MatchStatus.CLOSED)
    assert (match.match_reasons, match.explanation["scores"], match.explanation["reasons"]) == ([], {}, [])


def test_the_other_may_still_take_a_consent_back(gone):
    Match.objects.filter(id=gone.two.match.id).update(
        astro_score=50, score_breakdown={"astro": 50.0}, weight_profile="connect-v1"
    )
    Consent.objects.create(user_id=gone.friend, purpose=Purpose.ASTROLOGY, version="v1", granted_at=timezone.now())
    consents.revoke(user_id=gone.friend, purpose=Purpose.ASTROLOGY, now=timezone.now())
    assert Match.objects.of(gone.friend).get().astro_score is None


def test_what_the_other_said_of_the_match_is_theirs(gone):
    assert MatchFeedback.objects.get(user=gone.friend).rating == 5


def test_when_both_have_left_what_they_had_goes(gone):
    friend = User.objects.get(id=gone.friend)
    User.objects.filter(id=friend.id).update(status=UserStatus.DELETION_PENDING)
    then = timezone.now() - timedelta(seconds=1)
    AccountDeletion.objects.create(user=friend, due_at=then)
    erasures.erase_due(now=timezone.now())
    assert not Conversation.objects.filter(id=gone.two.conversation.id).exists()
    assert not Message.objects.filter(conversation=gone.two.conversation).exists()
    assert not Match.objects.filter(id=gone.two.match.id).exists()


def test_a_block_against_them_stays_with_its_author():
    made = leaver()
    Block.objects.create(blocker=made.other, blocked=made.user, source="manual", alias="Quiet Fox")
    due(made)
    erasures.erase_due(now=timezone.now())
    assert [block.alias for block in Block.objects.all()] == ["Quiet Fox"]
    assert found(made.traces) == []


def test_the_audit_stays_under_one_random_id():
    made = leaver()
    before = AuditLog.objects.filter(actor_id=made.user.id).count()
    entries = AuditLog.objects.filter(entity="connect_user", entity_id=made.user.id).values_list("id", flat=True)
    about = list(entries)
    due(made)
    erasures.erase_due(now=timezone.now())
    (tombstone,) = set(AuditLog.objects.filter(id__in=about).values_list("entity_id", flat=True))
    assert AuditLog.objects.filter(actor_id=tombstone).count() >= before
    assert AuditLog.objects.get(action="told").data == {"people": [{"id": str(tombstone)}]}
    assert User.objects.get(status=UserStatus.DELETED).id == tombstone


# An open case.


@pytest.fixture
def held():
    """Somebody erased while a report of theirs is open."""
    made = leaver(open_case=True)
    due(made)
    erasures.erase_due(now=timezone.now())
    return made


def test_an_open_case_keeps_the_bare_person(held):
    user = User.objects.get(id=held.user.id)
    assert (user.status, user.email, user.phone) == (UserStatus.DELETED, None, None)
    assert Report.objects.filter(reporter=user).count() == 1


def test_and_nothing_they_gave(held):
    assert found(held.traces[2:]) == []


def test_it_is_looked_at_again_later(held):
    assert AccountDeletion.objects.get().due_at > timezone.now()
    assert erasures.erase_due(now=timezone.now()) == 0


def test_when_the_case_closes_the_rest_follows(held):
    close_cases()
    AccountDeletion.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    erasures.erase_due(now=timezone.now())
    assert found(held.traces) == []
    report = Report.objects.get()
    assert (report.details, report.evidence, report.evidence_key) == (None, None, None)


# Whenever it is killed.


class Killed(BaseException):
    """As good as the end of the process: nothing catches it."""


STEPS = len(personal_data._endings) + len(personal_data.parts())


@pytest.mark.parametrize("step", range(0, STEPS, 3))
def test_killed_at_any_step_and_run_again_it_ends_the_same(monkeypatch, step):
    made = leaver()
    due(made)
    steps = iter(range(STEPS))

    def counted(work):
        def run(*args):
            if next(steps, None) == step:
                raise Killed
            return work(*args)

        return run

    with monkeypatch.context() as patch:
        endings = [counted(end) for end in personal_data._endings]
        patch.setattr(personal_data, "_endings", endings)
        parts = []
        for part in personal_data.parts():
            erased = personal_data.Erasure("", counted(part.erased.run), part.erased.last)
            parts.append(personal_data.Part(part.model, "", "", erased))
        patch.setattr(personal_data, "_parts", parts)
        with pytest.raises(Killed):
            erasures.erase_due(now=timezone.now())
    assert found(made.traces) != []
    assert erasures.erase_due(now=timezone.now()) == 0  # somebody may still be at it
    erasures.erase_due(now=timezone.now() + erasures.CLAIM)
    assert found(made.traces) == []


def test_what_fails_waits_for_its_claim_and_does_not_stop_the_others(monkeypatch):
    unlucky, lucky = leaver(), leaver()
    due(unlucky)
    due(lucky)
    forget = presence.forget

    def fail(person):
        if person == unlucky.user.id:
            raise NotYours()
        forget(person)

    monkeypatch.setattr(presence, "forget", fail)
    assert erasures.erase_due(now=timezone.now()) == 2
    assert found(lucky.traces[:4]) == []
    assert User.objects.get(id=unlucky.user.id).status == UserStatus.DELETION_PENDING


def test_nobody_is_erased_before_their_time():
    made = leaver()
    due(made)
    AccountDeletion.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert erasures.erase_due(now=timezone.now()) == 0
    assert User.objects.filter(id=made.user.id).exists()


# The one function that may change the audit.


def execute(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0] if cursor.description else None


def forget(person, tombstone="00000000-0000-4000-8000-000000000001"):
    return execute("SELECT safety_forget_person(%s, %s)", [person, tombstone])


def test_the_service_may_have_a_due_person_forgotten():
    made = leaver()
    due(made)
    with transaction.atomic(), as_service():
        assert forget(made.user.id) > 0


def test_the_client_may_not():
    made = leaver()
    due(made)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), acting_as(made.user.id):
        forget(made.user.id)


@pytest.mark.parametrize("status, late", [("active", True), ("restricted", True), ("deletion_pending", False)])
def test_not_somebody_who_stays_or_has_time_left(status, late):
    made = leaver()
    deletion = due(made)
    if status != "deletion_pending":
        User.objects.filter(id=made.user.id).update(status=status)
    if not late:
        AccountDeletion.objects.filter(id=deletion.id).update(due_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(DatabaseError, match="not due"), transaction.atomic(), as_service():
        forget(made.user.id)


def test_not_for_the_id_of_another():
    made = leaver()
    due(made)
    with pytest.raises(DatabaseError, match="nobody's id"), transaction.atomic(), as_service():
        forget(made.user.id, made.other.id)


@pytest.mark.parametrize("operation", ["UPDATE", "DELETE"])
def test_whoever_says_what_the_function_says_is_refused_all_the_same(operation):
    made = leaver()
    due(made)
    statements = {
        "UPDATE": "UPDATE safety_auditlog SET action = 'nothing'",
        "DELETE": "DELETE FROM safety_auditlog",
    }
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), as_service():
        execute("SELECT set_config('safety.amending', %s, true)", [f"safety_auditlog {operation}"])
        execute(statements[operation])


def test_after_the_function_the_audit_is_as_closed_as_before():
    made = leaver()
    due(made)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        forget(made.user.id)
        AuditLog.objects.update(action="nothing")
