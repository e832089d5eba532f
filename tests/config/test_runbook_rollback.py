"""`connect_schema rollback`: the Connect flow leaves, everything else stays."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction
from psycopg import connect as open_connection

from chat.models import Conversation, DecisionGate, GateWindow, Message
from chat.services import messages, reveals
from config.errors import WrongState
from config.runbook import backups, rollback
from connect.models import BirthData, ConnectProfile, Disclosure, Notification, User
from faces.models import FaceConnection
from matching.models import (
    Chart,
    Connection,
    InterestWipe,
    Match,
    MatchFeedback,
    MatchingRun,
    MeetReflection,
    QueueEntry,
)
from safety.models import AuditLog, Block, Report
from streaks.models import CheckIn, Streak
from tests.config.runbook import failing, run
from tests.factories import ConversationFactory, MatchFactory, UserFactory
from tests.safety.rows import fill, person

FLOW = {
    *(
        "chat_conversationevent",
        "chat_heldmessage",
        "chat_messagepicture",
        "chat_message",
        "chat_reveal",
        "chat_conversation",
    ),
    *("matching_connectionevent", "matching_connection", "matching_matchfeedback", "matching_match"),
    "connect_connectprofile",
}
HANGING = {
    *("matching_interestwipe", "streaks_streak", "streaks_checkin", "streaks_nudge", "streaks_recoverypayment"),
    *("streaks_nudgepayment", "streaks_creditprotection", "streaks_milestonereveal", "streaks_revealjob"),
    *("streaks_revealcontent", "matching_queueentry", "matching_meetreflection"),
    *("chat_gatewindow", "chat_decisiongate", "faces_faceconnection"),
}
"""What refers to the flow's tables, and has rows only where there was discovery or a live conversation."""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"


@pytest.fixture
def backup(db, now):
    return backups.take(now=now)


@pytest.fixture
def flow(db, now):
    """Two people who walked the whole way, and a row in every table."""
    first, second = UserFactory(pooled=True), UserFactory(pooled=True)
    conversation = ConversationFactory.blind(first, second)
    messages.send(conversation_id=conversation.id, by=first.id, client_id="1", text="Hello", now=now)
    offer = reveals.request(conversation_id=conversation.id, by=first.id, now=now)
    reveals.accept(reveal_id=offer.id, by=second.id, now=now)
    fill(person(), person())
    _without_other_ways()
    return first, second


def _without_other_ways():
    """`fill` hangs on rows of the flow what only one of discovery, or a live conversation, has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('safety.amending', 'streaks_checkin DELETE', true)")
        CheckIn.objects.all().delete()
        cursor.execute("SELECT set_config('safety.amending', '', true)")
    Streak.objects.all().delete()
    InterestWipe.objects.all().delete()
    DecisionGate.objects.all().delete()
    GateWindow.objects.all().delete()
    QueueEntry.objects.all().delete()
    MeetReflection.objects.all().delete()
    FaceConnection.objects.all().delete()


@pytest.fixture
def others(db, now):
    """What a live pairing made in the same tables."""
    first, second = UserFactory(), UserFactory()
    match = MatchFactory(first=first, second=second, pathway="live", status="accepted_both")
    pair = {"user_a": match.user_a, "user_b": match.user_b}
    names = {"pseudonym_a": "North Star", "pseudonym_b": "Quiet River"}
    talk = Conversation.objects.create(kind="live", match=match, **pair, **names, last_activity_at=now)
    said = Message.objects.create(conversation=talk, sender=first, seq=1, client_id=uuid4().hex, sent_at=now)
    low = {"user_low": match.user_a, "user_high": match.user_b}
    return match, talk, said, Connection.objects.create(origin="live", match=match, **low)


def counts(tables):
    models = {model._meta.db_table: model for model in apps.get_models()}
    return {table: models[table]._base_manager.count() for table in tables}


def carry_out(backup, **options):
    return rollback.carry_out(rollback.plan(drop_tables=False, **options), backup=backup)


def test_by_itself_it_only_says_what_it_would_do(flow):
    before = counts(FLOW)
    well, said = run("rollback")
    assert well
    assert f"chat_message: {before['chat_message']} to remove" in said
    assert said.rstrip().endswith("--execute does it.")
    assert counts(FLOW) == before


def test_the_flow_leaves(flow, backup):
    carry_out(backup)
    assert set(counts(FLOW).values()) == {0}
    assert not Disclosure.objects.filter(source="reveal", viewer__in=flow).exists()
    assert not Notification.objects.filter(user__in=flow).exists()
    assert not MatchingRun.objects.exists()


def test_accounts_and_what_belongs_to_them_stay(flow, backup):
    kept = [User, BirthData, Chart, Block, Report]
    before = [model.objects.count() for model in kept]
    carry_out(backup)
    assert [model.objects.count() for model in kept] == before


def test_what_other_pathways_made_stays(flow, others, backup):
    carry_out(backup)
    assert [type(row).objects.get() for row in others] == list(others)
    assert others[1].match_id == Conversation.objects.get().match_id


def test_the_run_of_a_live_match_stays(others, backup, now):
    run_of_live = MatchingRun.objects.create(due_at=now)
    Match.objects.filter(id=others[0].id).update(run=run_of_live)
    carry_out(backup)
    assert MatchingRun.objects.get() == run_of_live


def test_what_hangs_on_the_flow_goes_with_it(flow, backup):
    """A row that a later table adds with a foreign key is no obstacle."""
    assert MatchFeedback.objects.exists()
    Match.objects.all().delete()
    assert not MatchFeedback.objects.exists()
    carry_out(backup)
    assert set(counts(FLOW).values()) == {0}


def test_it_stands_in_the_audit(flow, backup):
    before = counts(FLOW)
    carry_out(backup)
    entry = AuditLog.objects.get(action="connect_rolled_back")
    told = entry.data["rows"]
    assert (told["blind_chat_messages"], told["matches"]) == (before["chat_message"], before["matching_match"])
    assert (entry.data["tables"], entry.data["backup"]) == ([], backup.file)


def test_doing_it_twice_is_once(flow, backup):
    carry_out(backup)
    assert set(carry_out(backup).values()) == {0}


def test_a_fault_undoes_all_of_it(flow, backup, monkeypatch):
    before = counts(FLOW)
    monkeypatch.setattr(rollback.audit, "record", lambda **entry: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        carry_out(backup)
    assert counts(FLOW) == before


def refused(*arguments):
    before = counts(FLOW)
    well, said = run("rollback", "--execute", *arguments)
    assert not well
    assert counts(FLOW) == before
    return said


def test_without_a_backup_it_is_refused(flow):
    assert "A backup younger than 1:00:00 is needed first: there is none." in refused("--yes-i-mean-it")


def test_an_old_backup_is_not_enough(flow, now):
    backups.take(now=now - timedelta(minutes=61))
    assert "older than 1:00:00" in refused("--yes-i-mean-it")


def test_a_backup_that_was_changed_is_not_enough(flow, backup):
    backups.path(backup).write_bytes(b"something else")
    assert "not what was written" in refused("--yes-i-mean-it")


@pytest.mark.parametrize("typed", ["", "yes", "roll back"])
def test_another_phrase_is_no_confirmation(flow, backup, monkeypatch, typed):
    monkeypatch.setattr("builtins.input", lambda prompt: typed)
    assert "Not confirmed" in refused()


def test_nobody_there_to_answer_is_no_confirmation(flow, backup, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert "Not confirmed" in refused()


def test_the_phrase_names_the_database(db):
    assert rollback.phrase() == f"roll back {backups.address()}"
    assert connection.settings_dict["NAME"] in rollback.phrase()


def test_the_phrase_confirms(flow, backup, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: f" {rollback.phrase()} ")
    assert run("rollback", "--execute")[0]
    assert set(counts(FLOW).values()) == {0}


def test_a_script_is_asked_nothing(flow, backup, monkeypatch):
    monkeypatch.delattr("builtins.input")
    assert run("rollback", "--execute", "--yes-i-mean-it")[0]
    assert set(counts(FLOW).values()) == {0}


def test_tables_in_which_others_have_rows_are_not_dropped(flow, others, backup):
    said = refused("--drop-tables", "--yes-i-mean-it")
    assert "chat_message" in said
    assert "Others have rows in" in said


def test_what_others_have_is_told_before(flow, others):
    said = run("rollback", "--drop-tables")[1]
    assert any(line.split()[:4] == ["FAIL", "tables", "chat_message", "1"] for line in said.splitlines())


def test_tables_of_the_flow_alone_are_dropped(flow, backup):
    assert run("rollback", "--execute", "--drop-tables", "--yes-i-mean-it")[0]
    assert FLOW.isdisjoint(connection.introspection.table_names())
    assert set(AuditLog.objects.get(action="connect_rolled_back").data["tables"]) == FLOW | HANGING


def test_the_functions_of_dropped_tables_go_with_them(flow, backup):
    run("rollback", "--execute", "--drop-tables", "--yes-i-mean-it")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc"
            " WHERE proname ~ '^(match_status|conversation|reveal|connection)_.*(sert|date)$'"
        )
        assert cursor.fetchall() == []


def test_verify_names_what_was_dropped_and_passes_once_it_is_made_again(flow, backup):
    run("rollback", "--execute", "--drop-tables", "--yes-i-mean-it")
    dropped = {table for table, found in failing("verify") if found == "is missing"}
    assert dropped == FLOW | HANGING
    assert run("rollback", "--undo-drop")[0]
    assert failing("verify") == []
    assert failing("smoke") == []


def test_what_was_dropped_is_not_dropped_again(flow, backup):
    run("rollback", "--execute", "--drop-tables", "--yes-i-mean-it")
    well, said = run("rollback")
    assert not well
    assert said.startswith("Dropped already: ")
    assert said.endswith("--undo-drop makes them again.")


def test_making_again_what_is_there_changes_nothing(flow):
    before = counts(FLOW)
    assert run("rollback", "--undo-drop") == (True, "Made again: nothing was missing\n")
    assert counts(FLOW) == before


@pytest.mark.django_db(transaction=True)
def test_a_writer_is_waited_for_and_not_overtaken(backup, monkeypatch):
    monkeypatch.setattr(rollback, "LOCK_TIMEOUT", "100ms")
    connection.ensure_connection()
    info = connection.connection.info
    with open_connection(**info.get_parameters(), password=info.password) as writer:
        writer.execute("LOCK TABLE chat_message IN ROW EXCLUSIVE MODE")
        with pytest.raises(OperationalError, match="lock timeout"):
            carry_out(backup)
    assert set(carry_out(backup).values()) == {0}


def test_rows_that_others_add_between_plan_and_act_forbid_the_drop(flow, backup, now):
    planned = rollback.plan(drop_tables=True)
    assert planned.kept == {}
    match = MatchFactory(first=UserFactory(), second=UserFactory(), pathway="live", status="accepted_both")
    with pytest.raises(WrongState) as refusal:
        rollback.carry_out(planned, backup=backup)
    assert refusal.value.code == "tables_in_use"
    assert Match.objects.filter(id=match.id).exists()
    assert ConnectProfile.objects.exists()
