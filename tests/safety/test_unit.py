"""One call, one transaction: what a refusal undoes and keeps, with an idempotency key and without."""

from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.api.errors import describe
from config.errors import NotSignedIn, WrongState
from connect.models import ValueScore
from matching.models import ConnectionEvent
from safety import unit
from safety.roles import as_service
from safety.services.idempotency import Claim, Reply
from safety.unit import Caller
from tests.safety.rows import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user(db):
    return person()


@pytest.fixture(params=[False, True], ids=["without a key", "with a key"])
def perform(request, user):
    """Carries out a handler for the user, under a key or not; refusals become replies, faults do not."""

    def carry_out(handler, admit=lambda: None):
        claim = Claim(user.id, uuid4().hex, "POST /x", b"") if request.param else None
        return unit.perform(
            caller=Caller("10.0.0.1", user.id),
            admit=admit,
            handler=handler,
            refuse=told,
            claim=claim,
            now=timezone.now(),
        )

    return carry_out


def told(exc):
    problem = describe(exc)
    if problem is None:
        raise exc
    return Reply(problem.status, {"code": problem.code})


def write(user, value=1):
    return ValueScore.objects.create(user=user, value_key=uuid4().hex[:30], score=value)


def unfounded():
    """A row that its deferred foreign key refuses, at commit at the latest."""
    with as_service():
        ConnectionEvent.objects.create(connection_id=uuid4(), event_type="created")


def rows():
    return ValueScore.objects.count()


def test_what_is_done_is_committed(perform, user):
    def handler():
        write(user)
        return Reply(201, {"ok": True})

    assert (perform(handler), rows()) == (Reply(201, {"ok": True}), 1)


def test_a_refusal_undoes_everything(perform, user):
    def handler():
        write(user)
        with as_service():
            write(user)
        raise WrongState()

    assert (perform(handler), rows()) == (Reply(409, {"code": "wrong_state"}), 0)


def test_a_refusal_that_is_returned_undoes_nothing(perform, user):
    def handler():
        write(user)
        return Reply(409, {"code": "wrong_state"})

    assert (perform(handler).status, rows()) == (409, 1)


def test_a_constraint_that_fails_at_once_is_answered(perform, user):
    def handler():
        write(user)
        write(user, value=1000)
        return Reply(201, None)

    assert (perform(handler), rows()) == (Reply(409, {"code": "wrong_state"}), 0)


def test_a_deferred_constraint_that_fails_at_commit_is_answered(perform, user):
    def handler():
        write(user)
        unfounded()
        return Reply(201, None)

    assert (perform(handler), rows()) == (Reply(409, {"code": "conflict"}), 0)


def test_a_deferred_constraint_that_holds_at_commit_is_no_refusal(perform, user):
    def handler():
        with as_service():
            event = ConnectionEvent.objects.create(connection_id=uuid4(), event_type="created")
            ConnectionEvent.objects.filter(id=event.id).delete()
        return Reply(201, None)

    assert perform(handler).status == 201


def test_a_fault_is_raised_and_undone(perform, user):
    def handler():
        write(user)
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError):
        perform(handler)
    assert rows() == 0


def test_what_waits_for_the_commit_of_a_refused_call_never_happens(perform, user):
    happened = []

    def handler():
        transaction.on_commit(lambda: happened.append("handler"))
        raise WrongState()

    assert (perform(handler).status, happened) == (409, [])


def test_what_waits_for_a_commit_that_fails_never_happens(perform, user):
    happened = []

    def handler():
        transaction.on_commit(lambda: happened.append("handler"))
        unfounded()
        return Reply(201, None)

    assert (perform(handler).status, happened) == (409, [])


def test_what_waits_for_the_commit_happens(perform, user):
    happened = []

    def handler():
        transaction.on_commit(lambda: happened.append("handler"))
        return Reply(201, None)

    assert (perform(handler).status, happened) == (201, ["handler"])


def test_who_is_not_admitted_does_nothing(perform, user):
    def refuse():
        raise NotSignedIn()

    assert (perform(lambda: write(user), admit=refuse), rows()) == (Reply(401, {"code": "not_authenticated"}), 0)


@pytest.mark.parametrize("ending", [lambda: Reply(200, None), unfounded], ids=["done", "refused"])
def test_the_role_is_given_back(perform, user, ending):
    perform(ending)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user, coalesce(current_setting('app.user_id', true), '')")
        assert cursor.fetchone() == (True, "")
    assert not connection.in_atomic_block


def test_the_call_after_a_refused_one_is_carried_out(perform, user):
    def refused():
        unfounded()
        return Reply(201, None)

    def seen():
        write(user)
        return Reply(200, ValueScore.objects.count())

    write(person())
    assert (perform(refused).status, perform(seen)) == (409, Reply(200, 1))


def test_without_a_key_there_is_no_savepoint(user):
    with CaptureQueriesContext(connection) as queries:
        unit.perform(
            caller=Caller("10.0.0.1", user.id),
            admit=lambda: None,
            handler=lambda: Reply(200, None),
            refuse=told,
            claim=None,
            now=timezone.now(),
        )
    assert not [query for query in queries if "SAVEPOINT" in query["sql"]]
    assert len(queries) == 3


def test_the_end_of_the_transaction_takes_the_identity_back(user):
    caller, now = Caller("10.0.0.1", user.id), timezone.now()
    unit.perform(caller=caller, admit=lambda: None, handler=lambda: Reply(200, None), refuse=told, claim=None, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), coalesce(current_setting('app.user_id', true), '')")
        assert cursor.fetchone() == ("none", "")


def test_a_refusal_with_which_the_connection_is_lost_keeps_nothing(user):
    """Its reply cannot be kept, so that it is none: who asks again with the same key is answered."""
    claim = Claim(user.id, "lost", "POST /x", b"")
    call = {"caller": Caller("10.0.0.1", user.id), "admit": lambda: None, "refuse": told, "claim": claim}

    def lose_it():
        connection.connection.close()
        raise WrongState()

    assert unit.perform(handler=lose_it, now=timezone.now(), **call).status == 503
    assert unit.perform(handler=lambda: Reply(200, None), now=timezone.now(), **call).status == 200
