"""Every state machine, walked whole: PostgreSQL refuses what its table does not list, records the rest."""

from itertools import product
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from connect.models import Payment, User
from faces.models import FaceParameters
from matching.models import EngineParameters, Match
from safety.models import AuditLog, Report
from safety.roles import acting_as, as_service, name_actor
from safety.schema import StateMachine
from tests.database import undone
from tests.safety.rows import fill, our_models, person

MACHINES = [(m, c) for m in our_models() for c in m._meta.constraints if isinstance(c, StateMachine)]
EXPECTED = {
    "report_status",
    "appeal_status",
    "user_status",
    "match_status",
    "run_status",
    "connection_status",
    "parameters_status",
    "conversation_state",
    "conversation_reveal",
    "reveal_status",
    "gate_window_status",
    "data_export_status",
    "held_status",
    "interest_status",
    "subscription_status",
    "streak_status",
    "discovery_card_status",
    "recovery_payment_status",
    "nudge_payment_status",
    "protection_status",
    "milestone_reveal_status",
    "queue_entry_status",
    "face_status",
    "face_verdict",
    "face_parameters_status",
    "match_job_status",
    "baby_status",
}


def states(model, machine):
    return [value for value, _ in model._meta.get_field(machine.field).choices]


def pairs(legal):
    """(model, machine, before, after) of every pair of different states that is, or is not, a move."""
    return [
        pytest.param(model, machine, before, after, id=f"{machine.name}-{before}-{after}")
        for model, machine in MACHINES
        for before, after in product(states(model, machine), repeat=2)
        if before != after and (after in machine.transitions[before]) is legal
    ]


def starts(legal):
    return [
        pytest.param(model, machine, state, id=f"{machine.name}-{state}")
        for model, machine in MACHINES
        for state in states(model, machine)
        if (state in machine.initial) is legal
    ]


def columns(model, machine, state):
    """What a row in `state` holds beside it, for the check constraints of its table."""
    if machine.name == "conversation_state":
        closed = state == "closed"
        return {
            "closed_at": "2026-01-01T00:00Z" if closed else None,
            "close_reason": "timeout" if closed else "",
        }
    if machine.name in {"report_status", "appeal_status"}:
        return decided(state) | (taken_up(state) if machine.name == "report_status" else {})
    if machine.name == "gate_window_status":
        resolved = state == "resolved"
        return {"resolved_at": "2026-01-01T00:00Z" if resolved else None, "outcome": "void" if resolved else ""}
    if machine.name in {"parameters_status", "face_parameters_status"}:
        return {"published_at": None if state == "draft" else "2026-01-01T00:00Z"}
    if machine.name in {"held_status", "interest_status"}:
        return {"decided_at": None if state in {"held", "pending"} else "2026-01-01T00:00Z"}
    if machine.name in {"protection_status", "discovery_card_status"}:
        return {"decided_at": None if state in {"open", "shown"} else "2026-01-01T00:00Z"}
    if machine.name == "face_verdict":
        judged = state != "open"
        return {"judged_by": "moderator" if judged else "", "judged_at": "2026-01-01T00:00Z" if judged else None}
    if machine.name == "baby_status":
        painted = state == "completed"
        file = f"babies/00/{uuid4()}.jpg" if painted else None
        return {"size": 1000 * painted, "file": file, "completed_at": "2026-01-01T00:00Z" if painted else None}
    if machine.name == "queue_entry_status":
        return waited(state)
    if machine.name == "nudge_payment_status":
        return {"number": 2 if state == "sent" else None}
    if machine.name == "streak_status":
        return standing(state)
    if machine.name == "milestone_reveal_status":
        return reached(state)
    return {}


def waited(state):
    return {
        "dequeued_at": None if state == "active" else F("enqueued_at"),
        "match": Match.objects.latest("id") if state == "matched" else None,
    }


def standing(state):
    """A streak of today; a window has a day to save, and one of the two who broke it."""
    broken, window = state in {"payment_window", "reset"}, state == "payment_window"
    return {
        "low_on": F("day") if state == "at_risk" else None,
        "due_at": "2026-01-01T00:00Z" if state in {"active", "at_risk", "payment_window"} else None,
        "current_day": {"payment_window": 1, "completed": 15}.get(state, 0),
        "broken_on": "2026-01-01" if broken else None,
        "broken_count": int(window),
        "breaker": F("user_low") if window else None,
        "completed_at": "2026-01-01T00:00Z" if state == "completed" else None,
        "ended_at": "2026-01-01T00:00Z" if state == "terminated" else None,
    }


def reached(state):
    return {
        "payment": Payment.objects.latest("id") if state == "purchased" else None,
        "unlocked_at": "2026-01-01T00:00Z" if state == "unlocked" else None,
    }


def decided(state):
    by_somebody = state in {"actioned", "dismissed", "upheld", "overturned"}
    return {
        "decided_by": person() if by_somebody else None,
        "decided_at": "2026-01-01T00:00Z" if by_somebody or state in {"withdrawn", "moot"} else None,
        "decision_text": "So it is." if by_somebody else "",
    }


def taken_up(state):
    return {"assigned_to": person(), "triaged_at": "2026-01-01T00:00Z"} if state == "triaged" else {}


def put(row, machine, state):
    """Bring a row to a state behind the back of its machine."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        move(row, machine, state)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def move(row, machine, state):
    change = {machine.field: state, **columns(type(row), machine, state)}
    return type(row).objects.filter(pk=row.pk).update(**change)


def insert_in(row, machine, state):
    """The same row once more, in a state and with no constraint but the machine's in its way."""
    model = type(row)
    table, names = model._meta.db_table, [f.column for f in model._meta.concrete_fields if f.column != "id"]
    values = ", ".join("%s" if name == machine.field else name for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM {table} WHERE id = %s", [row.pk])
        _drop_other_constraints(cursor, table)
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM kept", [state])


def _drop_other_constraints(cursor, table):
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'c')", [table])
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    cursor.execute(
        "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")


def transitions_of(row):
    return AuditLog.objects.filter(action="transition", entity=row._meta.db_table, entity_id=row.pk)


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with undone(django_db_blocker):
        for numbers in (EngineParameters, FaceParameters):
            numbers.objects.live().update(status="retired")
        yield fill(person(), person())


@pytest.fixture
def rows(scene, db):
    """What a test does with them is undone."""
    return scene


def test_the_machines_are_those_of_the_design():
    assert {machine.name for _, machine in MACHINES} == EXPECTED


@pytest.mark.parametrize("model, machine", MACHINES, ids=lambda value: getattr(value, "name", None))
def test_no_state_is_left_out(model, machine):
    assert set(machine.transitions) == set(states(model, machine))


@pytest.mark.parametrize("model, machine", MACHINES, ids=lambda value: getattr(value, "name", None))
def test_every_move_leads_to_a_known_state(model, machine):
    reached = {after for afters in machine.transitions.values() for after in afters}
    assert reached | set(machine.initial) == set(states(model, machine))


@pytest.mark.parametrize("model, machine, before, after", pairs(legal=True))
def test_a_listed_move_is_made_and_recorded_with_its_actor(rows, model, machine, before, after):
    row, actor = rows[model], rows[User]
    put(row, machine, before)
    name_actor(actor.pk)
    assert move(row, machine, after) == 1
    entry = transitions_of(row).latest("id")
    assert (entry.actor_id, entry.data) == (actor.pk, {"field": machine.field, "from": before, "to": after})


@pytest.mark.parametrize("model, machine, before, after", pairs(legal=False))
def test_any_other_move_is_refused(rows, model, machine, before, after):
    put(rows[model], machine, before)
    with pytest.raises(IntegrityError, match="is not a transition"), transaction.atomic():
        move(rows[model], machine, after)


@pytest.mark.parametrize("model, machine, state", starts(legal=True))
def test_a_first_state_is_accepted(rows, model, machine, state):
    before = transitions_of_table(model)
    insert_in(rows[model], machine, state)
    assert transitions_of_table(model) > before


@pytest.mark.parametrize("model, machine, state", starts(legal=False))
def test_any_other_first_state_is_refused(rows, model, machine, state):
    with pytest.raises(IntegrityError, match=r"\(new\) -> .* is not a transition"), transaction.atomic():
        insert_in(rows[model], machine, state)


def transitions_of_table(model):
    return AuditLog.objects.filter(action="transition", entity=model._meta.db_table).count()


def test_the_first_state_is_recorded(rows):
    assert transitions_of(rows[Report]).get().data == {"field": "status", "from": None, "to": "open"}


def test_a_change_that_is_no_move_is_not_recorded(rows):
    Report.objects.filter(pk=rows[Report].pk).update(subject_kind="person")
    assert transitions_of(rows[Report]).count() == 1


def test_a_state_kept_is_no_move_even_in_a_terminal_one(rows):
    for _ in range(2):
        Match.objects.filter(pk=rows[Match].pk).update(status="declined")
    assert transitions_of(rows[Match]).count() == 2


def test_a_bulk_update_is_recorded_row_by_row_in_one_statement(db):
    people = [person() for _ in range(20)]
    with CaptureQueriesContext(connection) as queries:
        User.objects.filter(pk__in=[p.pk for p in people]).update(status="restricted")
    recorded = AuditLog.objects.filter(entity="connect_user", data__to="restricted").count()
    assert (len(queries), recorded) == (1, 20)


def test_one_illegal_row_refuses_the_whole_statement(db):
    fine, gone = person(), person()
    for status in ("deletion_pending", "deleted"):
        User.objects.filter(pk=gone.pk).update(status=status)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk__in=[fine.pk, gone.pk]).update(status="restricted")
    assert User.objects.get(pk=fine.pk).status == "active"


def test_the_service_role_is_recorded_with_the_person_it_acts_for(rows):
    me = rows[User]
    with acting_as(me.pk), as_service():
        Match.objects.filter(pk=rows[Match].pk).update(status="declined")
    assert transitions_of(rows[Match]).latest("id").actor_id == me.pk


def test_the_service_role_cannot_switch_the_machines_off(rows):
    with as_service(), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SET LOCAL session_replication_role = 'replica'")


def test_the_request_id_is_recorded(rows):
    from structlog.contextvars import bound_contextvars

    with bound_contextvars(request_id="r-17"), as_service():
        Match.objects.filter(pk=rows[Match].pk).update(status="declined")
    assert transitions_of(rows[Match]).latest("id").request_id == "r-17"
